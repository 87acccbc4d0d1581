import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

const host = '127.0.0.1';

/** Two ports that stay what they are until they are disposed of, so that no number needs to be trusted to be free. */
export class Ports implements Disposable {
  readonly #server: Server;
  readonly #socket: Socket;

  private constructor(server: Server, socket: Socket) {
    this.#server = server;
    this.#socket = socket;
  }

  static async open(): Promise<Ports> {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, host);
    await once(socket, 'connect');
    return new Ports(server, socket);
  }

  /** Somebody listens. */
  get taken(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Nobody listens, and nobody can: it is the near end of a connection. */
  get closed(): number {
    return this.#socket.localPort!;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
    this.#server.close();
  }
}
