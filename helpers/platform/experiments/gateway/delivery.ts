import type { WebSocket } from 'ws';

/** Sends messages to one client. */
export interface Delivery {
  /**
   * One frame for each message; resolves when all are on their way, which for a slow client takes as long as it takes.
   * When it is aborted, after the message that is being sent.
   */
  send(socket: WebSocket, messages: readonly object[], signal?: AbortSignal): Promise<void>;
}

export const delivery: Delivery = {
  async send(socket, messages, signal) {
    for (const message of messages) {
      if (signal?.aborted === true) return;
      await new Promise<void>((resolve, reject) => {
        socket.send(JSON.stringify(message), (error) => (error ? reject(error) : resolve()));
      });
    }
  },
};
