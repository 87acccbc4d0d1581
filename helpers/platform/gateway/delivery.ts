import type { WebSocket } from 'ws';

/** Sends messages to one client. */
export interface Delivery {
  /** One frame for each message; resolves when all are on their way, which for a slow client takes as long as it takes. */
  send(socket: WebSocket, messages: readonly object[]): Promise<void>;
}

export const delivery: Delivery = {
  async send(socket, messages) {
    for (const message of messages) {
      await new Promise<void>((resolve, reject) => { socket.send(JSON.stringify(message), (error) => (error ? reject(error) : resolve())); });
    }
  },
};
