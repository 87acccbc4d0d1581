import { ProviderError } from '../provider-error.ts';
import {
  type Attribute,
  type Block,
  type NestedBlock,
  type Nesting,
  parseType,
  type ProviderSchema,
  type Schema,
  type Type,
} from '../schema.ts';
import { nested, typeOfBlock } from '../values/proposal.ts';
import { type AttributeMessage, type BlockMessage, nestings, type SchemaMessage } from './messages.ts';
import type { ResponseOf } from './services.ts';

/** Translates schemas between their messages and ours. */

/** @throws ProviderError SCHEMA_MISMATCH when it is no schema. */
export function readSchemas({ provider, resources, capabilities }: ResponseOf<'getSchema'>): ProviderSchema {
  return {
    provider: readSchema('of the provider', provider ?? {}),
    resources: Object.fromEntries(
      Object.entries(resources).map(([type, schema]) => [type, readSchema(`of ${type}`, schema)]),
    ),
    plansRemovals: capabilities?.planDestroy === true,
  };
}

function readSchema(whose: string, { version = 0, block = {} }: Partial<SchemaMessage>): Schema {
  return { version, block: readBlock(whose, block) };
}

function readBlock(whose: string, { attributes = [], blocks = [] }: Partial<BlockMessage>): Block {
  return {
    attributes: attributes.map((attribute) => readAttribute(whose, attribute)),
    blocks: blocks.map(({ name = '', block = {}, nesting = 0 }): NestedBlock => ({
      name,
      nesting: readNesting(`${name} ${whose}`, nesting),
      block: readBlock(`of ${name} ${whose}`, block),
    })),
  };
}

function readAttribute(whose: string, message: Partial<AttributeMessage>): Attribute {
  const { name = '', nested: inner } = message;
  const common = {
    name,
    description: message.description ?? '',
    required: message.required ?? false,
    optional: message.optional ?? false,
    computed: message.computed ?? false,
    sensitive: message.sensitive ?? false,
  };
  if (inner === undefined) return { ...common, type: readType(`${name} ${whose}`, message.type) };
  const nesting = readNesting(`${name} ${whose}`, inner.nesting ?? 0);
  const attributes = (inner.attributes ?? []).map((attribute) => readAttribute(`of ${name} ${whose}`, attribute));
  return { ...common, type: nested(nesting, typeOfBlock({ attributes, blocks: [] })), nested: { nesting, attributes } };
}

function readNesting(what: string, nesting: number): Nesting {
  const found = nestings[nesting];
  if (found === undefined) throw mismatch(what, `nesting ${nesting}`);
  return found;
}

function readType(what: string, bytes: Uint8Array = new Uint8Array()): Type {
  const written = Buffer.from(bytes).toString();
  const type = parseType(written);
  if (type === undefined) throw mismatch(what, `the type ${written || '""'}`);
  return type;
}

function mismatch(what: string, found: string): ProviderError {
  return new ProviderError('SCHEMA_MISMATCH', `The schema has an invalid attribute: ${what} has ${found}.`);
}

/** The message of a schema. */
export function writeSchema({ version, block }: Schema): SchemaMessage {
  return { version, block: writeBlock(block) };
}

function writeBlock({ attributes, blocks }: Block): Partial<BlockMessage> {
  return {
    attributes: attributes.map(writeAttribute),
    blocks: blocks.map(({ name, nesting, block }) => ({
      name,
      nesting: nestings.indexOf(nesting),
      block: writeBlock(block),
    })),
  };
}

function writeAttribute({ type, nested: inner, ...attribute }: Attribute): Partial<AttributeMessage> {
  if (inner === undefined) return { ...attribute, type: Buffer.from(JSON.stringify(type)) };
  return {
    ...attribute,
    nested: { nesting: nestings.indexOf(inner.nesting), attributes: inner.attributes.map(writeAttribute) },
  };
}
