import { writeDiagnostic, writePath } from '../protocol/diagnostics.ts';
import type { DiagnosticMessage } from '../protocol/messages.ts';
import { writeSchema } from '../protocol/schema-message.ts';
import type { RequestOf, ResponseOf, RpcName } from '../protocol/services.ts';
import { ResourceCodec } from '../values/resource-codec.ts';
import { ProviderError } from '../provider-error.ts';
import { unknown, type Value, type Values } from '../values/value.ts';
import { errorAbout, type ProviderDefinition, Refusal, type ResourceDefinition } from './definition.ts';

export type Operations = {
  readonly [Name in RpcName]: (request: RequestOf<Name>) => Promise<Partial<ResponseOf<Name>>>;
};

interface Found {
  readonly codec: ResourceCodec;
  readonly resource: ResourceDefinition;
}

/** The RPCs of a provider, for both versions of the protocol. */
export function operationsOf(definition: ProviderDefinition): Operations {
  let interruption = new AbortController();
  const ofProvider = new ResourceCodec('provider', definition.schema);
  const find = (type: string): Found => {
    const resource = Object.hasOwn(definition.resources, type) ? definition.resources[type] : undefined;
    if (resource === undefined) throw new Refusal([errorAbout(undefined, `There is no resource type ${type}`)]);
    return { resource, codec: new ResourceCodec(type, resource.schema) };
  };

  return {
    getSchema: () =>
      Promise.resolve({
        provider: writeSchema(definition.schema),
        resources: Object.fromEntries(
          Object.entries(definition.resources).map(([type, { schema }]) => [type, writeSchema(schema)]),
        ),
      }),

    validateProvider: ({ config }) =>
      diagnosed(() => {
        ofProvider.decode(config);
        return config === undefined ? {} : { prepared: config };
      }),

    configure: ({ config }) =>
      diagnosed(async () => {
        await definition.configure(ofProvider.decode(config) ?? {});
        return {};
      }),

    validateResource: ({ type, config }) =>
      diagnosed(() => {
        const { codec, resource } = find(type);
        return { diagnostics: (resource.validate?.(codec.decode(config) ?? {}) ?? []).map(writeDiagnostic) };
      }),

    upgrade: ({ type, version, state }) =>
      diagnosed(async () => {
        const { codec, resource } = find(type);
        const stored = JSON.parse(Buffer.from(state?.json ?? []).toString()) as Values;
        const values = version === resource.schema.version ? stored : await resource.upgrade?.(stored, version);
        if (values === undefined)
          throw new Refusal([errorAbout(undefined, `A state of version ${version} of ${type} cannot be upgraded`)]);
        return { state: codec.encode(values) };
      }),

    read: ({ type, state, private: opaque }) =>
      diagnosed(async () => {
        const { codec, resource } = find(type);
        const before = codec.decode(state) ?? {};
        const after = resource.read === undefined ? before : await resource.read(before);
        return { state: codec.encode(after), private: opaque };
      }),

    plan: ({ type, prior, proposed, config, private: opaque }) =>
      diagnosed(async () => {
        const { codec, resource } = find(type);
        const wanted = codec.decode(proposed);
        if (wanted === undefined) return { planned: codec.encode(undefined), private: opaque };
        const before = codec.decode(prior);
        const change = {
          config: codec.decode(config) ?? {},
          prior: before,
          planned: before === undefined ? withUnknowns(codec, wanted) : wanted,
        };
        const { planned, requiresReplace } = (await resource.plan?.(change)) ?? {
          planned: change.planned,
          requiresReplace: [],
        };
        return {
          planned: codec.encode(planned),
          requiresReplace: requiresReplace.map(writePath),
          private: opaque,
        };
      }),

    apply: async ({ type, prior, planned, private: opaque }) => {
      const { codec, resource } = find(type);
      const [before, wanted] = [codec.decode(prior), codec.decode(planned)];
      const operation = { signal: interruption.signal };
      const answer = (state: Values | undefined, diagnostics: readonly DiagnosticMessage[] = []) => ({
        state: codec.encode(state),
        private: opaque,
        diagnostics: [...diagnostics],
      });
      try {
        if (wanted === undefined) await resource.delete?.(before ?? {}, operation);
        else if (before === undefined) return answer(await resource.create(wanted, operation));
        else return answer((await resource.update?.(wanted, before, operation)) ?? wanted);
        return answer(undefined);
      } catch (error) {
        return answer((error instanceof Refusal ? error.state : undefined) ?? before, diagnosticsOf(error));
      }
    },

    import: ({ type, id }) =>
      diagnosed(async () => {
        const { codec, resource } = find(type);
        if (resource.import === undefined)
          throw new Refusal([errorAbout(undefined, 'Resource Import Not Implemented', `${type} cannot be imported.`)]);
        return { resources: [{ type, state: codec.encode(await resource.import(id)) }] };
      }),

    stop: () => {
      interruption.abort();
      interruption = new AbortController(); // what comes later is not interrupted
      definition.stop?.();
      return Promise.resolve({ error: '' });
    },
  };
}

/** What only the provider sets is not known before a creation. */
function withUnknowns({ schema }: ResourceCodec, values: Values): Values {
  const entries = schema.block.attributes.map(({ name, computed }): [string, Value] => {
    const value = values[name] ?? null;
    return [name, computed && value === null ? unknown : value];
  });
  return { ...values, ...Object.fromEntries(entries) };
}

/** Turns what is thrown into diagnostics. */
async function diagnosed<T>(work: () => T | Promise<T>): Promise<T | { diagnostics: DiagnosticMessage[] }> {
  try {
    return await work();
  } catch (error) {
    return { diagnostics: diagnosticsOf(error) };
  }
}

function diagnosticsOf(error: unknown): DiagnosticMessage[] {
  if (error instanceof Refusal) return error.diagnostics.map(writeDiagnostic);
  const summary = error instanceof Error ? error.message : String(error);
  return [{ severity: 1, summary, detail: error instanceof ProviderError ? '' : 'This is a fault of the provider.' }];
}
