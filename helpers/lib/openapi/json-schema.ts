type Keywords<Name extends string, Value> = { readonly [Key in Name]?: Value };

/** JSON Schema as route schemas use it. A self-contained schema includes the `components` that it refers to. */
export interface Schema
  extends
    Keywords<
      | 'minimum'
      | 'maximum'
      | 'exclusiveMinimum'
      | 'exclusiveMaximum'
      | 'multipleOf'
      | 'minLength'
      | 'maxLength'
      | 'minItems'
      | 'maxItems'
      | 'minProperties'
      | 'maxProperties',
      number
    >,
    Keywords<'$ref' | 'pattern' | 'format', string>,
    Keywords<'const' | 'components', unknown> {
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly uniqueItems?: boolean;
}

/** Follows a reference such as `#/components/schemas/Order`. @throws Error when it leads nowhere. */
export function resolve<T extends object>(value: T, root: object): T {
  const reference = '$ref' in value ? String(value.$ref) : undefined;
  if (reference === undefined) return value;
  const keys = reference
    .split('/')
    .slice(1)
    .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'));
  const target = reference.startsWith('#/')
    ? keys.reduce<unknown>((node, key) => (node as Readonly<Record<string, unknown>> | undefined)?.[key], root)
    : undefined;
  if (target === undefined) throw new Error(`The document has nothing at ${reference}.`);
  return resolve(target as T, root);
}

/** Expands `$ref`, `allOf`, `anyOf` and `oneOf` into schemas of one type, which are assumed not to overlap. */
export function alternatives(schema: Schema, root: Schema): Schema[] {
  const { $ref, allOf = [], anyOf, oneOf, ...plain } = schema;
  const choices = [
    [plain],
    ...($ref === undefined ? [] : [alternatives(resolve({ $ref }, root), root)]),
    ...allOf.map((part) => alternatives(part, root)),
    ...[anyOf, oneOf].flatMap((parts) =>
      parts === undefined ? [] : [parts.flatMap((part) => alternatives(part, root))],
    ),
  ];
  const merged = choices.reduce((all, choice) => all.flatMap((left) => choice.map((right) => merge(left, right))));
  return merged.flatMap((one) =>
    Array.isArray(one.type) ? (one.type as string[]).map((type) => ({ ...one, type })) : [one],
  );
}

function merge(left: Schema, right: Schema): Schema {
  const { properties = {}, required = [] } = left;
  const added = Object.entries(right.properties ?? {}).map(
    ([name, schema]) => [name, properties[name] ? { allOf: [properties[name], schema] } : schema] as const,
  );
  return {
    ...left,
    ...right,
    ...(left.required && right.required ? { required: [...new Set([...required, ...right.required])] } : {}),
    ...(left.properties && right.properties ? { properties: { ...properties, ...Object.fromEntries(added) } } : {}),
  };
}

/** The type of an alternative's values; undefined when any type is allowed. */
export function typeOf({ type, properties, items }: Schema): string | undefined {
  return (type as string | undefined) ?? (properties ? 'object' : items ? 'array' : undefined);
}

/** The properties that an object's schema names, with their schemas. */
export function propertiesOf({
  properties = {},
  required = [],
  additionalProperties = {},
}: Schema): Record<string, Schema> {
  const others = typeof additionalProperties === 'object' ? additionalProperties : {};
  return { ...Object.fromEntries(required.map((name) => [name, others])), ...properties };
}
