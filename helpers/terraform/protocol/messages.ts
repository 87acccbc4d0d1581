import {
  bytes,
  byName,
  chosenInteger,
  chosenText,
  type ContentOf,
  flag,
  integer,
  many,
  Message,
  one,
  text,
} from './wire-message.ts';

/** The messages of tfplugin5 and tfplugin6, as far as they are used, and of go-plugin. */

export const Empty = new Message<object>({});

/** A value as MessagePack, or as JSON. */
export const DynamicValue = new Message({ msgpack: bytes(1), json: bytes(2) });

const AttributePath = new Message({
  steps: many(1, new Message({ attribute: chosenText(1), key: chosenText(2), index: chosenInteger(3) })),
});
export type AttributePath = Partial<ContentOf<typeof AttributePath>>;

export const severities = { error: 1, warning: 2 } as const;
const Diagnostic = new Message({
  severity: integer(1),
  summary: text(2),
  detail: text(3),
  attribute: one(4, AttributePath),
});
export type DiagnosticMessage = Partial<ContentOf<typeof Diagnostic>>;

/** By their numbers, both of nested blocks and of nested attributes. */
export const nestings = [undefined, 'single', 'list', 'set', 'map', 'group'] as const;

export interface AttributeMessage {
  name: string;
  type: Uint8Array;
  description: string;
  required: boolean;
  optional: boolean;
  computed: boolean;
  sensitive: boolean;
  nested: Partial<NestedAttributesMessage> | undefined;
}

export interface NestedAttributesMessage {
  attributes: Partial<AttributeMessage>[];
  nesting: number;
}

export interface BlockMessage {
  attributes: Partial<AttributeMessage>[];
  blocks: Partial<NestedBlockMessage>[];
  description: string;
}

export interface NestedBlockMessage {
  name: string;
  block: Partial<BlockMessage> | undefined;
  nesting: number;
}

export interface SchemaMessage {
  version: number;
  block: Partial<BlockMessage> | undefined;
}

/** Version 5 has no nested attributes, and uses their number for something else. */
function schemaMessage(protocol: 5 | 6): Message<SchemaMessage> {
  const common = {
    name: text(1),
    type: bytes(2),
    description: text(3),
    required: flag(4),
    optional: flag(5),
    computed: flag(6),
    sensitive: flag(7),
  };
  const Attribute: Message<AttributeMessage> = new Message<AttributeMessage>({
    ...common,
    nested: one(protocol === 6 ? 10 : 1_000, () => NestedAttributes),
  });
  const NestedAttributes = new Message<NestedAttributesMessage>({
    attributes: many(1, Attribute),
    nesting: integer(3),
  });
  const NestedBlock: Message<NestedBlockMessage> = new Message<NestedBlockMessage>({
    name: text(1),
    block: one(2, () => Block),
    nesting: integer(3),
  });
  const Block: Message<BlockMessage> = new Message<BlockMessage>({
    attributes: many(2, Attribute),
    blocks: many(3, NestedBlock),
    description: text(4),
  });
  return new Message({ version: integer(1), block: one(2, Block) });
}

const diagnosed = { diagnostics: many(1, Diagnostic) };
const imported = new Message({ type: text(1), state: one(2, DynamicValue), private: bytes(3) });

/** The messages of each RPC, by our name for it. */
export function messagesOf(protocol: 5 | 6) {
  const Schema = schemaMessage(protocol);
  return {
    getSchema: {
      request: Empty,
      response: new Message({
        provider: one(1, Schema),
        resources: byName(2, Schema),
        diagnostics: many(4, Diagnostic),
        capabilities: one(6, new Message({ planDestroy: flag(1) })),
      }),
    },
    validateProvider: {
      request: new Message({ config: one(1, DynamicValue) }),
      response: new Message({ prepared: one(1, DynamicValue), diagnostics: many(2, Diagnostic) }),
    },
    configure: {
      request: new Message({ terraformVersion: text(1), config: one(2, DynamicValue) }),
      response: new Message(diagnosed),
    },
    validateResource: {
      request: new Message({ type: text(1), config: one(2, DynamicValue) }),
      response: new Message(diagnosed),
    },
    upgrade: {
      request: new Message({ type: text(1), version: integer(2), state: one(3, new Message({ json: bytes(1) })) }),
      response: new Message({ state: one(1, DynamicValue), diagnostics: many(2, Diagnostic) }),
    },
    read: {
      request: new Message({ type: text(1), state: one(2, DynamicValue), private: bytes(3) }),
      response: new Message({ state: one(1, DynamicValue), diagnostics: many(2, Diagnostic), private: bytes(3) }),
    },
    plan: {
      request: new Message({
        type: text(1),
        prior: one(2, DynamicValue),
        proposed: one(3, DynamicValue),
        config: one(4, DynamicValue),
        private: bytes(5),
      }),
      response: new Message({
        planned: one(1, DynamicValue),
        requiresReplace: many(2, AttributePath),
        private: bytes(3),
        diagnostics: many(4, Diagnostic),
      }),
    },
    apply: {
      request: new Message({
        type: text(1),
        prior: one(2, DynamicValue),
        planned: one(3, DynamicValue),
        config: one(4, DynamicValue),
        private: bytes(5),
      }),
      response: new Message({ state: one(1, DynamicValue), private: bytes(2), diagnostics: many(3, Diagnostic) }),
    },
    import: {
      request: new Message({ type: text(1), id: text(2) }),
      response: new Message({ resources: many(1, imported), diagnostics: many(2, Diagnostic) }),
    },
    stop: { request: Empty, response: new Message({ error: text(1) }) },
  };
}

/** What a plugin has printed: its channel is 1 for stdout and 2 for stderr. */
export const StdioData = new Message({ channel: integer(1), data: bytes(2) });
