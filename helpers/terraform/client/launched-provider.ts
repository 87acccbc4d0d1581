import { setTimeout as delay } from 'node:timers/promises';
import { status, type ServiceError } from '@grpc/grpc-js';
import { describe, readDiagnostics } from '../protocol/diagnostics.ts';
import type { DiagnosticMessage } from '../protocol/messages.ts';
import { readSchemas } from '../protocol/schema-message.ts';
import {
  type Methods,
  methodsOf,
  type Protocol,
  type RequestOf,
  type ResponseOf,
  type RpcName,
} from '../protocol/services.ts';
import type {
  Applied,
  Diagnostic,
  Imported,
  LaunchOptions,
  Planned,
  Provider,
  ProviderExit,
  Wish,
} from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import type { ProviderSchema } from '../schema.ts';
import type { State, Values } from '../values/value.ts';
import { complete } from '../values/proposal.ts';
import type { Connection } from './rpc-connection.ts';
import { type Handshake, removeSocket } from './handshake.ts';
import type { ProviderProcess } from './provider-process.ts';
import { type Ask, planResource } from './planning.ts';
import { ResourceCodec } from '../values/resource-codec.ts';

/** The version of Terraform as which we introduce ourselves: the last one under an open licence. */
const terraformVersion = '1.5.7';
const defaultDeadline = 120_000;
const defaultPatience = 2_000;

export class LaunchedProvider implements Provider {
  readonly pid: number;
  readonly protocol: Protocol;
  readonly socket: string;
  readonly exited: Promise<ProviderExit>;
  readonly #process: ProviderProcess;
  readonly #connection: Connection;
  readonly #methods: Methods;
  readonly #deadline: number;
  readonly #removeSocket: () => void;
  #schema: Promise<ProviderSchema> | undefined;

  constructor(child: ProviderProcess, connection: Connection, handshake: Handshake, options: LaunchOptions) {
    this.#process = child;
    this.#connection = connection;
    this.#methods = methodsOf(handshake.protocol);
    this.#deadline = options.deadline ?? defaultDeadline;
    this.pid = child.pid;
    this.protocol = handshake.protocol;
    this.socket = handshake.socket;
    this.exited = child.exited;
    this.#removeSocket = () => removeSocket(handshake, options.sockets);
  }

  schema(): Promise<ProviderSchema> {
    this.#schema ??= this.#ask('getSchema', {})
      .then(readSchemas)
      .catch((error: unknown) => {
        this.#schema = undefined; // to be asked for again
        throw error;
      });
    return this.#schema;
  }

  async configure(config: Values): Promise<void> {
    const { provider } = await this.schema();
    const codec = new ResourceCodec('provider', provider);
    const given = codec.encode(complete(codec.name, provider.block, config));
    const { prepared } = await this.#ask('validateProvider', { config: given });
    await this.#ask('configure', { terraformVersion, config: prepared?.msgpack?.length ? prepared : given });
  }

  async plan(wish: Wish): Promise<Planned> {
    return planResource(await this.#codec(wish.type), wish, this.#ask);
  }

  async apply(planned: Planned): Promise<Applied> {
    const { removal, type, payload } = planned;
    const earlier = removal === undefined ? [] : (await this.apply(removal)).warnings;
    const codec = await this.#codec(type);
    const { response, diagnostics } = await this.#send('apply', {
      type,
      prior: codec.message(payload.prior),
      planned: codec.message(payload.planned),
      config: codec.message(payload.config),
      private: Buffer.from(payload.private, 'base64'),
    });
    const state = codec.readState(response.state, response.private);
    if (describe(diagnostics) !== '') throw refusal(this.#process.name, diagnostics, { state });
    if (state === undefined && planned.action !== 'delete')
      throw new ProviderError('SCHEMA_MISMATCH', `${this.#process.name} has applied ${type} without a new state.`);
    return { state, warnings: [...earlier, ...diagnostics] };
  }

  async read(type: string, state: State): Promise<State | undefined> {
    const codec = await this.#codec(type);
    const response = await this.#ask('read', {
      type,
      state: codec.encode(state.values),
      private: Buffer.from(state.private, 'base64'),
    });
    return codec.readState(response.state, response.private);
  }

  async upgrade(type: string, state: State): Promise<State> {
    const codec = await this.#codec(type);
    const json = Buffer.from(JSON.stringify(state.values));
    const response = await this.#ask('upgrade', { type, version: state.schemaVersion, state: { json } });
    const upgraded = codec.readState(response.state, Buffer.from(state.private, 'base64'));
    if (upgraded === undefined)
      throw new ProviderError('SCHEMA_MISMATCH', `${this.#process.name} has upgraded a state of ${type} to none.`);
    return upgraded;
  }

  async import(type: string, id: string): Promise<Imported[]> {
    await this.#codec(type);
    const { resources } = await this.#ask('import', { type, id });
    return Promise.all(
      resources.map(async ({ type: found = type, state, private: opaque }) => {
        const imported = (await this.#codec(found)).readState(state, opaque);
        if (imported !== undefined) return { type: found, state: imported };
        throw new ProviderError('SCHEMA_MISMATCH', `${this.#process.name} has imported ${found} without a state.`);
      }),
    );
  }

  async stop(): Promise<void> {
    const { error } = await this.#ask('stop', {});
    if (error !== '') throw new ProviderError('RPC_FAILED', `${this.#process.name} cannot be stopped: ${error}`);
  }

  async close(patience = defaultPatience): Promise<ProviderExit> {
    const abort = new AbortController();
    if (!this.#process.hasExited) {
      void this.#connection.shutdown(Date.now() + patience);
      await Promise.race([this.exited, delay(patience, undefined, { signal: abort.signal })]);
      abort.abort();
      if (!this.#process.hasExited) this.#process.kill();
    }
    const exit = await this.exited;
    this.#connection.close();
    this.#removeSocket();
    return exit;
  }

  async #codec(type: string): Promise<ResourceCodec> {
    const { resources, plansRemovals } = await this.schema();
    const schema = Object.hasOwn(resources, type) ? resources[type] : undefined;
    if (schema !== undefined) return new ResourceCodec(type, schema, plansRemovals);
    const names = Object.keys(resources).toSorted().join(', ');
    throw new ProviderError('UNKNOWN_RESOURCE', `${this.#process.name} has no resource type ${type}: it has ${names}.`);
  }

  readonly #ask: Ask = async (name, request) => {
    const { response, diagnostics } = await this.#send(name, request);
    if (describe(diagnostics) !== '') throw refusal(this.#process.name, diagnostics);
    return response;
  };

  async #send<Name extends RpcName>(
    name: Name,
    request: Partial<RequestOf<Name>>,
  ): Promise<{ response: ResponseOf<Name>; diagnostics: Diagnostic[] }> {
    if (this.#process.hasExited) throw await this.#crash(name);
    try {
      const response = await this.#connection.call(this.#methods[name], request, Date.now() + this.#deadline);
      const { diagnostics = [] } = response as { diagnostics?: DiagnosticMessage[] };
      return { response, diagnostics: readDiagnostics(diagnostics) };
    } catch (error) {
      throw await this.#failure(name, error as ServiceError);
    }
  }

  async #failure(name: RpcName, error: ServiceError): Promise<ProviderError> {
    const who = this.#process.name;
    if (error.code === status.DEADLINE_EXCEEDED)
      return new ProviderError('TIMEOUT', `${who} has not answered ${name} within ${this.#deadline / 1000} s.`);
    // The connection breaks a moment before the process is known to have ended.
    const lost = error.code === status.UNAVAILABLE || error.code === status.CANCELLED || error.code === status.INTERNAL;
    if (lost && (await Promise.race([this.exited.then(() => true), delay(500, false)]))) return this.#crash(name);
    return new ProviderError('RPC_FAILED', `${who} has failed ${name}: ${error.details}`, { cause: error });
  }

  async #crash(name: RpcName): Promise<ProviderError> {
    const how = this.#process.describeExit(await this.exited);
    return new ProviderError('CRASHED', `${this.#process.name} ended, ${how}, and has not answered ${name}.`);
  }
}

function refusal(name: string, diagnostics: readonly Diagnostic[], partial?: ProviderError['partial']): ProviderError {
  const details = partial === undefined ? { diagnostics } : { diagnostics, partial };
  return new ProviderError('DIAGNOSTICS', `${name}: ${describe(diagnostics)}`, details);
}
