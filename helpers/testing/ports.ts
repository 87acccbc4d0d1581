import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

const host = '127.0.0.1';

/** A port in use and a closed one, both reserved until disposal, so that no test depends on a guessed number. */
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

  /** A port with a listener. */
  get taken(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A port without a listener that no process can take, because it is the local end of a connection. */
  get closed(): number {
    return this.#socket.localPort!;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
    this.#server.close();
  }
}
