import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';

/** What a process that knows the path of a provider's socket may come with. */
export type Credentials =
  /** No TLS. */
  | 'plaintext'
  /** TLS without a certificate. */
  | 'no certificate'
  /** TLS with this certificate and its key, as PEM. */
  | Pick<ConnectionOptions, 'cert' | 'key'>;

/**
 * Asks a provider for its schema at its socket, by gRPC, whatever certificate the provider itself has. Resolves with
 * whether the call was answered, or why not.
 */
export async function askAsStranger(
  socket: string,
  credentials: Credentials,
): Promise<'answered' | { refused: string }> {
  const session = connectHttp2('http://localhost', { createConnection: () => dial(socket, credentials) });
  try {
    return await ask(session);
  } catch (error) {
    return { refused: (error as Error).message };
  } finally {
    session.destroy();
  }
}

/** The certificate that a provider presents at its socket, as DER in base64 without padding. */
export async function certificateOf(socket: string): Promise<string> {
  const connection = dial(socket, 'no certificate') as TLSSocket;
  try {
    await once(connection, 'secureConnect');
    return connection.getPeerCertificate().raw.toString('base64').replace(/=+$/, '');
  } finally {
    connection.destroy();
  }
}

function dial(socket: string, credentials: Credentials) {
  if (credentials === 'plaintext') return connectSocket(socket);
  const identity = credentials === 'no certificate' ? {} : credentials;
  return connectTls({
    path: socket,
    servername: 'localhost',
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
    ...identity,
  });
}

async function ask(session: ClientHttp2Session): Promise<'answered'> {
  const failed = once(session, 'error').then(([error]) => Promise.reject(error as Error));
  const closed = once(session, 'close').then(() => Promise.reject(new Error('the connection was closed')));
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: '/tfplugin6.Provider/GetProviderSchema',
    [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
    [constants.HTTP2_HEADER_TE]: 'trailers',
  });
  const broken = once(stream, 'error').then(([error]) => Promise.reject(error as Error));
  for (const promise of [failed, closed, broken]) promise.catch(() => undefined); // one of them is enough
  stream.end(Buffer.alloc(5)); // one empty message
  await Promise.race([once(stream, 'response'), failed, closed, broken]);
  return 'answered';
}
