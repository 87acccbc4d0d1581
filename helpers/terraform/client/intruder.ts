import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { createIdentity } from '../certificates.ts';
import { methodsOf, type Protocol } from '../protocol/services.ts';

/** How a stranger presents itself. */
export const intrusions = ['in plaintext', 'without a certificate', 'with a foreign certificate'] as const;
export type Intrusion = (typeof intrusions)[number];

/** Milliseconds until an intrusion counts as refused. */
const patience = 5_000;

/**
 * Asks a provider for its schema as a stranger could who reaches its socket, and who trusts any certificate.
 * @returns whether the provider has answered.
 */
export async function intrude(socket: string, protocol: Protocol, how: Intrusion): Promise<boolean> {
  const client = new Client(`unix:${socket}`, await credentialsFor(how), { 'grpc.use_local_subchannel_pool': 1 });
  const { path, requestSerialize, responseDeserialize } = methodsOf(protocol).getSchema;
  try {
    await new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        {},
        new Metadata(),
        { deadline: Date.now() + patience },
        (error: ServiceError | null) => (error === null ? resolve() : reject(error)),
      );
    });
    return true;
  } catch {
    return false;
  } finally {
    client.close();
  }
}

async function credentialsFor(how: Intrusion) {
  if (how === 'in plaintext') return credentials.createInsecure();
  const trusting = { checkServerIdentity: () => undefined, rejectUnauthorized: false };
  if (how === 'without a certificate') return credentials.createSsl(null, null, null, trusting);
  const { key, certificate } = await createIdentity();
  return credentials.createSsl(null, Buffer.from(key), Buffer.from(certificate), trusting);
}
