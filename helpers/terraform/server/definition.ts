import type { Diagnostic } from '../provider.ts';
import type { Attribute, Schema, Type } from '../schema.ts';
import type { Values } from '../values/value.ts';

/** What a provider does; see {@link serveProvider}. */
export interface ProviderDefinition {
  /** Of its configuration. */
  readonly schema: Schema;
  /** @throws Refusal */
  configure(config: Values): Promise<void> | void;
  /** By resource type. */
  readonly resources: Readonly<Record<string, ResourceDefinition>>;
  /** Interrupts what is under way; `signal` of each operation is aborted already. */
  stop?(): void;
}

/** A resource type. Each function may throw a `Refusal`, which the user gets as diagnostics. */
export interface ResourceDefinition {
  readonly schema: Schema;
  validate?(config: Values): Diagnostic[];
  /**
   * Completes a planned state. What only the provider sets is unknown already in a creation, and as it was in an
   * update.
   * @returns the planned state and the attributes whose change forces a replacement.
   */
  plan?(change: Change): Promise<Plan> | Plan;
  create(planned: Values, operation: Operation): Promise<Values> | Values;
  /** Undefined when it is gone; by default it is as it was. */
  read?(state: Values): Promise<Values | undefined> | Values | undefined;
  update?(planned: Values, prior: Values, operation: Operation): Promise<Values> | Values;
  delete?(state: Values, operation: Operation): Promise<void> | void;
  import?(id: string): Promise<Values> | Values;
  /** Changes a state that an earlier version of the schema has written. */
  upgrade?(state: Values, version: number): Promise<Values> | Values;
}

export interface Change {
  readonly config: Values;
  /** Undefined in a creation. */
  readonly prior: Values | undefined;
  readonly planned: Values;
}

export interface Plan {
  readonly planned: Values;
  readonly requiresReplace: readonly string[];
}

/** An Apply that is under way. */
export interface Operation {
  /** Aborted when the provider is told to stop, or to end. */
  readonly signal: AbortSignal;
}

/** A provider's refusal: its errors, and the state that a failed Apply has left, if it has changed anything. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly diagnostics: readonly Diagnostic[];
  readonly state: Values | undefined;

  constructor(diagnostics: readonly Diagnostic[], state?: Values) {
    super(diagnostics.map(({ summary }) => summary).join('; '));
    this.diagnostics = diagnostics;
    this.state = state;
  }
}

export function errorAbout(path: string | undefined, summary: string, detail = summary): Diagnostic {
  return { severity: 'error', summary, detail, attribute: path };
}

/** An attribute; `kind` says who sets it. */
export function attribute(
  name: string,
  type: Type,
  kind: 'required' | 'optional' | 'computed' | 'optional computed',
  { sensitive = false, description = '' }: Partial<Pick<Attribute, 'sensitive' | 'description'>> = {},
): Attribute {
  const is = new Set(kind.split(' '));
  return {
    name,
    type,
    description,
    required: is.has('required'),
    optional: is.has('optional'),
    computed: is.has('computed'),
    sensitive,
  };
}

export function schemaOf(version: number, ...attributes: readonly Attribute[]): Schema {
  return { version, block: { attributes, blocks: [] } };
}
