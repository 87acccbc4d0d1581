import { isDeepStrictEqual } from 'node:util';
import { readDiagnostics, readPath } from '../protocol/diagnostics.ts';
import type { RequestOf, ResponseOf, RpcName } from '../protocol/services.ts';
import type { Action, Planned, Wish } from '../provider.ts';
import { complete, hasUnknown, isSame, propose } from '../values/proposal.ts';
import type { State, Value, Values } from '../values/value.ts';
import type { ResourceCodec } from '../values/resource-codec.ts';

/** Sends a request, and returns the response if its diagnostics have no error. */
export type Ask = <Name extends RpcName>(name: Name, request: Partial<RequestOf<Name>>) => Promise<ResponseOf<Name>>;

/** Plans as Terraform does: validates, proposes a new state, and plans again without the old one for a replacement. */
export async function planResource(codec: ResourceCodec, { type, config, prior }: Wish, ask: Ask): Promise<Planned> {
  if (config === undefined) return planRemoval(codec, type, prior, ask);
  const wanted = complete(type, codec.schema.block, config);
  const { diagnostics } = await ask('validateResource', { type, config: codec.encode(wanted) });
  const planned = await planChange(codec, type, wanted, prior, ask);
  const warnings = [...readDiagnostics(diagnostics), ...planned.warnings];
  if (prior === undefined) return { ...planned, warnings };
  const requiresReplace = planned.requiresReplace.filter((path) => differs(path, prior.values, planned.after));
  if (requiresReplace.length === 0) return { ...planned, warnings, requiresReplace };
  const creation = await planChange(codec, type, wanted, undefined, ask);
  const removal = await planRemoval(codec, type, prior, ask);
  return { ...creation, action: 'replace', before: prior.values, requiresReplace, removal, warnings };
}

async function planChange(
  codec: ResourceCodec,
  type: string,
  config: Values,
  prior: State | undefined,
  ask: Ask,
): Promise<Planned> {
  const proposed = propose(codec.schema, prior?.values, config);
  const request = {
    type,
    prior: codec.encode(prior?.values),
    proposed: codec.encode(proposed),
    config: codec.encode(config),
    private: Buffer.from(prior?.private ?? '', 'base64'),
  };
  const response = await ask('plan', request);
  const after = codec.decode(response.planned);
  return {
    type,
    action: actionOf(codec, prior, after),
    before: prior?.values,
    after,
    requiresReplace: response.requiresReplace.map(readPath),
    warnings: readDiagnostics(response.diagnostics),
    payload: {
      config: base64(request.config.msgpack),
      prior: base64(request.prior.msgpack),
      planned: base64(codec.encode(after).msgpack),
      private: base64(response.private),
    },
  };
}

/** A provider is not asked about a deletion, unless it wants to be; what it planned would be nothing in any case. */
async function planRemoval(codec: ResourceCodec, type: string, prior: State | undefined, ask: Ask): Promise<Planned> {
  const nothing = codec.encode(undefined);
  const before = codec.encode(prior?.values);
  const isAsked = prior !== undefined && codec.plansRemovals;
  const response = isAsked
    ? await ask('plan', {
        type,
        prior: before,
        proposed: nothing,
        config: nothing,
        private: Buffer.from(prior.private, 'base64'),
      })
    : undefined;
  return {
    type,
    action: prior === undefined ? 'none' : 'delete',
    before: prior?.values,
    after: undefined,
    requiresReplace: [],
    warnings: readDiagnostics(response?.diagnostics ?? []),
    payload: {
      config: base64(nothing.msgpack),
      prior: base64(before.msgpack),
      planned: base64(nothing.msgpack),
      private: response === undefined ? (prior?.private ?? '') : base64(response.private),
    },
  };
}

function actionOf({ type }: ResourceCodec, prior: State | undefined, after: Values | undefined): Action {
  if (prior === undefined) return 'create';
  return after !== undefined && isSame(type, prior.values, after) ? 'none' : 'update';
}

/** A provider may name attributes that do not change. */
function differs(path: string, before: Values, after: Values | undefined): boolean {
  const at = (values: Values | undefined): Value =>
    path.split('.').reduce<Value>((value, key) => (value as Values | null)?.[key] ?? null, values ?? null);
  return hasUnknown(at(after)) || !isDeepStrictEqual(at(before), at(after));
}

function base64(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}
