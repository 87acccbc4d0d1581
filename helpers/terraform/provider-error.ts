import type { Diagnostic } from './provider.ts';
import type { State } from './values/value.ts';

export type ProviderErrorCode =
  /** It is no plugin: it printed something else, or cannot be executed. */
  | 'NOT_A_PLUGIN'
  /** It speaks neither version 5 nor 6 of the protocol, or not gRPC over a socket. */
  | 'WRONG_PROTOCOL'
  /** It ended before the handshake was complete. */
  | 'HANDSHAKE_DIED'
  | 'HANDSHAKE_TIMEOUT'
  | 'SOCKET_PATH_TOO_LONG'
  /** The binary is being written ("text file busy"). */
  | 'BINARY_BUSY'
  /** What it sent does not fit its own schema, or its schema is not one. */
  | 'SCHEMA_MISMATCH'
  | 'UNKNOWN_RESOURCE'
  | 'UNKNOWN_ATTRIBUTE'
  /** A value is of another type than its attribute, or a required one is missing. */
  | 'INVALID_VALUE'
  /** The provider has refused the request; see `diagnostics`. */
  | 'DIAGNOSTICS'
  /** Its process ended during the RPC, or before. */
  | 'CRASHED'
  /** It did not answer within the deadline of an RPC. */
  | 'TIMEOUT'
  /** The connection was refused: not its certificate, or no TLS. */
  | 'UNTRUSTED'
  /** It answered with an error of gRPC. */
  | 'RPC_FAILED';

interface Details extends ErrorOptions {
  readonly diagnostics?: readonly Diagnostic[];
  readonly partial?: { readonly state: State | undefined };
}

/** Why a provider could not be launched, or has not done what it was asked. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: ProviderErrorCode;
  /** Errors and warnings of the provider; empty unless the code is `DIAGNOSTICS`. */
  readonly diagnostics: readonly Diagnostic[];
  /** After a failed apply: the state that the provider says it has left. Undefined when it could not say. */
  readonly partial: { readonly state: State | undefined } | undefined;

  constructor(code: ProviderErrorCode, message: string, { diagnostics = [], partial, ...options }: Details = {}) {
    super(message, options);
    this.code = code;
    this.diagnostics = diagnostics;
    this.partial = partial;
  }
}
