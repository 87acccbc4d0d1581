import { inspect } from 'node:util';

/** A value that the provider knows only when it has applied the plan. */
export class Unknown {
  toJSON(): string {
    return '(known after apply)';
  }

  [inspect.custom](): string {
    return this.toJSON();
  }
}

export const unknown = new Unknown();

/**
 * A value of Terraform. A number that JavaScript would round is its decimal digits as a string; a set is an array; an
 * object and a map are objects.
 */
export type Value = null | boolean | number | string | Unknown | readonly Value[] | { readonly [name: string]: Value };

/** Attributes and nested blocks by name. */
export type Values = Readonly<Record<string, Value>>;

/** A resource as its provider has left it. JSON, so that it can be stored. */
export interface State {
  /** The version of the schema that it was written with. */
  readonly schemaVersion: number;
  /** Every attribute; none is unknown. */
  readonly values: Values;
  /** Opaque bytes of the provider, in base64. */
  readonly private: string;
}
