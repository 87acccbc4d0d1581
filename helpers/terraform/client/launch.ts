import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createIdentity } from '../certificates.ts';
import { cookie, protocols } from '../protocol/services.ts';
import type { LaunchOptions, Provider, ProviderExit } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { Connection } from './rpc-connection.ts';
import { type Handshake, readHandshake, removeSocket } from './handshake.ts';
import { LaunchedProvider } from './launched-provider.ts';
import { ProviderProcess } from './provider-process.ts';

/** Bytes of a socket's address, less the one that ends it. */
const longestSocket = process.platform === 'linux' ? 107 : 103;
/** go-plugin's names are this long at most. */
const longestName = 'plugin4294967295';

/**
 * Starts a provider and shakes hands with it, by mutual TLS whose keys are this launch's alone. After a failure
 * nothing of it is left.
 * @throws ProviderError in one sentence; EnvironmentUnavailable when the machine has no room for a process.
 */
export async function launchProvider(options: LaunchOptions): Promise<Provider> {
  const { program, sockets, patience, mutualTls = true } = options;
  checkLength(sockets);
  const deadline = Date.now() + patience;
  const identity = options.identity ?? (await createIdentity());
  const child = await ProviderProcess.start(options, {
    TMPDIR: sockets, // where older versions of go-plugin put it
    TF_LOG_SDK: 'OFF', // otherwise providers trace each step of each RPC
    ...options.environment,
    [cookie.name]: cookie.value,
    PLUGIN_UNIX_SOCKET_DIR: sockets,
    PLUGIN_PROTOCOL_VERSIONS: (options.protocols ?? protocols).join(','),
    ...(mutualTls ? { PLUGIN_CLIENT_CERT: identity.certificate } : {}),
  });
  let connection: Connection | undefined;
  let handshake: Handshake | undefined;
  try {
    handshake = await shakeHands(child, patience);
    if (mutualTls && handshake.certificate === undefined)
      throw new ProviderError('UNTRUSTED', `${program.name} has announced no certificate: it does not use mutual TLS.`);
    connection = new Connection(handshake.socket, handshake.certificate, identity);
    await connection.connect(program.name, deadline);
    connection.drainOutput((line) => child.note(line));
    return new LaunchedProvider(child, connection, handshake, options);
  } catch (error) {
    connection?.close();
    const died = child.hasExited && !(error instanceof ProviderError && error.code === 'NOT_A_PLUGIN');
    child.kill();
    const exit = await child.exited;
    if (handshake !== undefined) removeSocket(handshake, sockets);
    throw died && handshake !== undefined ? handshakeDied(child, exit) : error;
  }
}

/** @throws ProviderError */
async function shakeHands(child: ProviderProcess, patience: number): Promise<Handshake> {
  const abort = new AbortController();
  const line = await Promise.race([
    child.firstLine.then<string | ProviderExit>((text) => text ?? child.exited),
    delay(patience, 'late' as const, { signal: abort.signal }),
  ]).finally(() => abort.abort());
  if (line === 'late')
    throw new ProviderError(
      'HANDSHAKE_TIMEOUT',
      `${child.name} has not shaken hands within ${patience / 1000} s, and was killed.`,
    );
  if (typeof line === 'object') throw handshakeDied(child, line);
  return readHandshake(child.name, line);
}

function handshakeDied(child: ProviderProcess, exit: ProviderExit): ProviderError {
  return new ProviderError(
    'HANDSHAKE_DIED',
    `${child.name} ended before it had shaken hands, ${child.describeExit(exit)}.`,
  );
}

function checkLength(sockets: string): void {
  const length = Buffer.byteLength(path.join(sockets, longestName));
  if (length > longestSocket)
    throw new ProviderError(
      'SOCKET_PATH_TOO_LONG',
      `A socket in ${sockets} would have an address of ${length} bytes, and the system allows ${longestSocket}: choose a shorter folder.`,
    );
}
