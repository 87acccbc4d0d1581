import { setTimeout as delay } from 'node:timers/promises';
import { db } from './db.js';

export const notifications = {
  /**
   * Calls `onTold` with the payload of each notification, and without one after each connect, since notifications
   * that came in between are lost. A connection that ends is replaced until the returned function is called.
   */
  async listen(channel, onTold) {
    let client;
    let isClosed = false;
    const connect = async () => {
      client = db.dedicated();
      client.on('error', (error) => console.error(`LISTEN ${channel}: ${error.message}`));
      client.on('notification', ({ payload }) => onTold(payload));
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      client.once('end', () => void notifications.reconnect(connect, () => isClosed));
      onTold();
    };
    await connect();
    return async () => {
      isClosed = true;
      await client.end();
    };
  },

  async reconnect(connect, isClosed) {
    while (!isClosed()) {
      await delay(50);
      try {
        return await connect();
      } catch (error) {
        console.error(`cannot listen: ${error.message}`);
      }
    }
  },
};
