import type { WebSocket } from 'ws';

/** Sends messages to one client. */
export interface Delivery {
  /** Sends one frame for each message; resolves when all are sent. When aborted, stops after the current one. */
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
