import { Type } from 'typebox';

/** A schema that allows null by two types, and not by `anyOf`, for which each answer would be validated first. */
export function nullable<T extends Type.TSchema>(schema: T): Type.TUnsafe<Type.Static<T> | null> {
  return Type.Unsafe<Type.Static<T> | null>({ ...schema, type: [(schema as { type?: string }).type, 'null'] });
}
