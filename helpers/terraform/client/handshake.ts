import { rmSync } from 'node:fs';
import path from 'node:path';
import { fromBase64 } from '../certificates.ts';
import { type Protocol, protocols } from '../protocol/services.ts';
import { ProviderError } from '../provider-error.ts';

/** What a provider says of itself in its first line. */
export interface Handshake {
  readonly protocol: Protocol;
  readonly socket: string;
  /** As PEM; undefined when it uses no TLS. */
  readonly certificate: string | undefined;
}

/** Removes the socket of a provider that has ended, unless it is outside of its folder: then it may be another's. */
export function removeSocket({ socket }: Handshake, folder: string): void {
  if (path.dirname(path.resolve(socket)) === path.resolve(folder)) rmSync(socket, { force: true });
}

/**
 * Reads the line `1|<protocol>|unix|<socket>|grpc|<certificate>`.
 * @throws ProviderError NOT_A_PLUGIN or WRONG_PROTOCOL
 */
export function readHandshake(name: string, line: string): Handshake {
  const [core, protocol, network, socket = '', rpc = 'netrpc', certificate = ''] = line.split('|');
  if (!/^\d+\|\d+\|/.test(line))
    throw new ProviderError(
      'NOT_A_PLUGIN',
      `${name} is no plugin: its first line is ${JSON.stringify(line.slice(0, 80))}, not a handshake of go-plugin.`,
    );
  const wrong = (what: string): ProviderError =>
    new ProviderError(
      'WRONG_PROTOCOL',
      `${name} speaks ${what}, and version 5 or 6 of Terraform's plugin protocol over gRPC and a Unix socket is needed.`,
    );
  if (core !== '1') throw wrong(`version ${core} of go-plugin`);
  const version = protocols.find((known) => String(known) === protocol);
  if (version === undefined) throw wrong(`version ${protocol} of the protocol`);
  if (rpc !== 'grpc') throw wrong(rpc);
  if (network !== 'unix' || socket === '') throw wrong(`${network} at '${socket}'`);
  return { protocol: version, socket, certificate: readCertificate(name, certificate) };
}

function readCertificate(name: string, text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return fromBase64(text);
  } catch (error) {
    throw new ProviderError('NOT_A_PLUGIN', `${name} has announced something that is no certificate.`, {
      cause: error,
    });
  }
}
