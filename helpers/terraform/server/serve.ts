import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { messageOf } from '../../lib/environment.ts';
import { base64Of, createIdentity } from '../certificates.ts';
import { cookie, methodsOf, type Protocol, protocols, type RpcName, shutdown } from '../protocol/services.ts';
import type { ProviderDefinition } from './definition.ts';
import { operationsOf } from './operations.ts';

/** Milliseconds for what is under way when the provider is told to end. */
const drainedFor = 1_500;

/**
 * Serves a provider as go-plugin does: by the highest version of the protocol that the host knows, over a socket of its
 * own, with a certificate of its own and the host's as the only one that it trusts. Ends this process when it is told
 * to, or when no host has started it.
 */
export async function serveProvider(definition: ProviderDefinition): Promise<void> {
  const { env } = process;
  if (env[cookie.name] !== cookie.value) {
    process.stderr.write('This program is a plugin: Terraform, or another host of providers, has to start it.\n');
    process.exit(1);
  }
  const protocol = choose(env['PLUGIN_PROTOCOL_VERSIONS']);
  const socket = path.join(env['PLUGIN_UNIX_SOCKET_DIR'] ?? tmpdir(), `plugin${randomBytes(4).readUInt32BE()}`);
  process.once('exit', () => rmSync(socket, { force: true }));
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  const operations = operationsOf(definition);
  addProvider(server, protocol, operations);
  addController(server, () => operations.stop({}));
  const certificate = await listen(server, socket, env['PLUGIN_CLIENT_CERT'] ?? '');
  process.stdout.write(`1|${protocol}|unix|${socket}|grpc|${certificate}\n`);
}

/** Without a common version the host learns ours, and refuses it. */
function choose(offered = ''): Protocol {
  const theirs = new Set(offered.split(',').map(Number));
  return protocols.findLast((version) => theirs.has(version)) ?? 5;
}

function addProvider(server: Server, protocol: Protocol, operations: ReturnType<typeof operationsOf>): void {
  const methods = methodsOf(protocol);
  const handle =
    (name: RpcName) =>
    ({ request }: ServerUnaryCall<object, object>, respond: sendUnaryData<object>): void => {
      const operation = operations[name] as (request: object) => Promise<object>;
      operation(request).then(
        (response) => respond(null, response),
        (error: unknown) => respond({ code: status.UNKNOWN, details: messageOf(error) }),
      );
    };
  server.addService(methods, Object.fromEntries(Object.keys(methods).map((name) => [name, handle(name as RpcName)])));
}

/** Told to end, it interrupts what is under way, and answers before it ends. */
function addController(server: Server, stop: () => Promise<unknown>): void {
  server.addService(
    { shutdown },
    {
      shutdown: (_call: unknown, respond: sendUnaryData<object>) => {
        respond(null, {});
        void stop();
        server.tryShutdown(() => process.exit(0));
        setTimeout(() => process.exit(0), drainedFor).unref();
      },
    },
  );
}

/** Returns its certificate for the handshake; empty without TLS. */
async function listen(server: Server, socket: string, hostCertificate: string): Promise<string> {
  const identity = hostCertificate === '' ? undefined : await createIdentity();
  const credentials =
    identity === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          Buffer.from(hostCertificate),
          [{ private_key: Buffer.from(identity.key), cert_chain: Buffer.from(identity.certificate) }],
          true,
        );
  const umask = process.umask(0o077);
  try {
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${socket}`, credentials, (error) => (error === null ? resolve() : reject(error)));
    });
  } finally {
    process.umask(umask);
  }
  return identity === undefined ? '' : base64Of(identity.certificate);
}
