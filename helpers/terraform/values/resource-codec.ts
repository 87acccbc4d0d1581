import type { RequestOf, ResponseOf } from '../protocol/services.ts';
import { ProviderError } from '../provider-error.ts';
import type { Schema, Type } from '../schema.ts';
import { decodeJson, decodeValue, encodeValue } from './encoding.ts';
import { hasUnknown, typeOfBlock } from './proposal.ts';
import type { State, Value, Values } from './value.ts';

type DynamicValue = ResponseOf<'apply'>['state'];

/** Encodes the values of one resource type, or of a provider's configuration. */
export class ResourceCodec {
  /** For messages. */
  readonly name: string;
  readonly schema: Schema;
  readonly type: Type;
  /** Whether its provider wants to plan deletions too. */
  readonly plansRemovals: boolean;

  constructor(name: string, schema: Schema, plansRemovals = false) {
    this.name = name;
    this.plansRemovals = plansRemovals;
    this.schema = schema;
    this.type = typeOfBlock(schema.block);
  }

  /** @throws ProviderError UNKNOWN_ATTRIBUTE or INVALID_VALUE */
  encode(values: Values | undefined): NonNullable<RequestOf<'plan'>['config']> {
    return { msgpack: encodeValue(this.type, values ?? null, this.name) };
  }

  /** Of bytes in base64. */
  message(bytes: string): { msgpack: Uint8Array } {
    return { msgpack: Buffer.from(bytes, 'base64') };
  }

  /** Null is undefined. @throws ProviderError SCHEMA_MISMATCH */
  decode(value: DynamicValue): Values | undefined {
    const what = `The state of ${this.name}`;
    const bytes = value?.msgpack ?? new Uint8Array();
    if (bytes.length > 0) return this.#values(decodeValue(this.type, bytes, what));
    // Some providers answer in JSON, as the protocol allows.
    const json = Buffer.from(value?.json ?? []).toString();
    return json === '' ? undefined : this.#values(decodeJson(this.type, json, what));
  }

  /** @throws ProviderError SCHEMA_MISMATCH, also when a value is unknown */
  readState(value: DynamicValue, opaque: Uint8Array = new Uint8Array()): State | undefined {
    const values = this.decode(value);
    if (values === undefined) return undefined;
    if (hasUnknown(values))
      throw new ProviderError('SCHEMA_MISMATCH', `The new state of ${this.name} has values that are still unknown.`);
    return { schemaVersion: this.schema.version, values, private: Buffer.from(opaque).toString('base64') };
  }

  #values(value: Value): Values | undefined {
    return value === null ? undefined : (value as Values);
  }
}
