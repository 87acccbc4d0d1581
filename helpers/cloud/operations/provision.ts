import { CloudError } from '../errors.ts';
import { findOperation, type Shape } from '../wire/model.ts';
import { provided } from './provided.ts';

/** Refuses requests for more than this control plane provides. */
export interface Provision {
  /**
   * Refuses what a request asks for and this control plane does not provide, all of it in one answer. Empty lists and
   * objects, and `false`, ask for nothing. Like the service, it ignores members that the service's model does not have.
   * @param name the operation, such as `runTask`.
   * @throws CloudError
   */
  refuse(name: string, input: unknown): void;
}

/** What is honoured at a place: nothing but its members, or anything, or these values. */
interface Place {
  readonly members: Map<string, Place>;
  values: readonly string[] | undefined;
}

const places = new Map(Object.entries(provided).map(([operation, paths]) => [operation, placeOf(paths)]));
/** The operations whose errors about their input are those of clients. */
const clientErrors = new Set(['registerTaskDefinition']);

export const provision: Provision = {
  refuse(name, input) {
    const model = findOperation(name.replace(/^./, (first) => first.toUpperCase()))!;
    const refused = unprovided(input, model.input, places.get(name)!, '');
    if (refused.length === 0) return;
    throw new CloudError(
      clientErrors.has(name) ? 'ClientException' : 'InvalidParameterException',
      `This control plane does not provide ${refused.toSorted().join(', ')}.`,
    );
  },
};

function unprovided(value: unknown, shape: Shape, place: Place, path: string): string[] {
  if (shape.kind === 'list')
    return (value as unknown[]).flatMap((item, at) => unprovided(item, shape.of, place, `${path}[${at}]`));
  if (place.members.size === 0) {
    const { values } = place;
    return values === undefined || values.includes(String(value)) ? [] : [`${path} ${String(value)}`];
  }
  if (shape.kind !== 'structure') return [];
  return Object.entries(value as object)
    .filter(([key, item]) => shape.members.has(key) && asks(item))
    .flatMap(([key, item]: [string, unknown]) => {
      const next = path === '' ? key : `${path}.${key}`;
      const member = place.members.get(key);
      return member === undefined ? [next] : unprovided(item, shape.members.get(key)!(), member, next);
    });
}

function asks(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.values(value).some(asks);
  return value !== undefined && value !== null && value !== false;
}

function placeOf(paths: string): Place {
  const root: Place = { members: new Map(), values: undefined };
  for (const word of paths.trim().split(/\s+/)) {
    const [path = '', values] = word.split('=');
    let place = root;
    for (const name of path.split('.')) {
      const next = place.members.get(name) ?? { members: new Map(), values: undefined };
      place.members.set(name, next);
      place = next;
    }
    place.values = values?.split('|');
  }
  return root;
}
