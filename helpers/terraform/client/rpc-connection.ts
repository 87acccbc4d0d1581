import {
  type ChannelCredentials,
  Client,
  connectivityState,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import type { Identity } from '../certificates.ts';
import { shutdown, stdio } from '../protocol/services.ts';
import { ProviderError } from '../provider-error.ts';
import { lineSplitter } from './lines.ts';

/** A connection to a provider's socket. */
export class Connection {
  readonly #client: Client;

  /**
   * @param certificate the provider's, the only one that is trusted; undefined for no TLS.
   * @param identity presented to the provider.
   */
  constructor(socket: string, certificate: string | undefined, identity: Identity) {
    this.#client = new Client(`unix:${socket}`, credentialsOf(certificate, identity), {
      'grpc.ssl_target_name_override': 'localhost',
      'grpc.default_authority': 'localhost',
      'grpc.use_local_subchannel_pool': 1, // a socket's path may come again, with another provider
      'grpc.enable_retries': 0, // an Apply must not be sent twice
      'grpc.max_receive_message_length': -1, // schemas of large providers
      'grpc.max_send_message_length': -1,
      'grpc.enable_http_proxy': 0,
    });
  }

  /** Connects. @throws ProviderError UNTRUSTED when the first attempt fails, HANDSHAKE_TIMEOUT. */
  async connect(name: string, deadline: number): Promise<void> {
    const channel = this.#client.getChannel();
    for (;;) {
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return;
      if (state === connectivityState.TRANSIENT_FAILURE)
        throw new ProviderError(
          'UNTRUSTED',
          `${name} cannot be trusted: at its socket answers no TLS with the certificate that it has announced.`,
        );
      await new Promise<void>((resolve, reject) => {
        channel.watchConnectivityState(state, deadline, (error) => {
          if (error === undefined) resolve();
          else reject(new ProviderError('HANDSHAKE_TIMEOUT', `${name} does not answer at its socket.`));
        });
      });
    }
  }

  /** One RPC. Rejects with a `ServiceError` of gRPC. */
  call<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    deadline: number,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new Metadata(),
        { deadline },
        (error: ServiceError | null, response?: Response) => {
          if (error === null) resolve(response!);
          else reject(error);
        },
      );
    });
  }

  /** Asks the plugin to end. It may end before it answers. */
  async shutdown(deadline: number): Promise<void> {
    await this.call(shutdown, {}, deadline).catch(() => undefined);
  }

  /** Reads what the plugin prints, which blocks it otherwise. A plugin need not have this service. */
  drainOutput(take: (line: string) => void): void {
    const stream = this.#client.makeServerStreamRequest(
      stdio.path,
      stdio.requestSerialize,
      stdio.responseDeserialize,
      {},
      new Metadata(),
    );
    const split = lineSplitter(take);
    stream.on('data', ({ data }: { data: Uint8Array }) => split.write(data));
    stream.on('error', () => undefined);
    stream.once('close', split.end);
  }

  close(): void {
    this.#client.close();
  }
}

function credentialsOf(certificate: string | undefined, identity: Identity): ChannelCredentials {
  if (certificate === undefined) return credentials.createInsecure();
  return credentials.createSsl(Buffer.from(certificate), Buffer.from(identity.key), Buffer.from(identity.certificate));
}
