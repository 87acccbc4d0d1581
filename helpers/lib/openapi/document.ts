import { resolve, type Schema } from './json-schema.ts';

/** A parameter of an operation, with a self-contained schema. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly schema: Schema;
}

/** One method of one path. All schemas are self-contained: they include what they refer to. */
export interface Operation {
  /** The documented one, or method and path. */
  readonly operationId: string;
  /** In capitals. */
  readonly method: string;
  /** With parameter names in braces. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** The schema of the JSON body; undefined when the operation takes none. */
  readonly requestBody: Schema | undefined;
  /** Schemas of JSON answers by status (`200`, `4XX` or `default`); undefined for an answer without a JSON body. */
  readonly responses: ReadonlyMap<string, Schema | undefined>;
  /** Documented content types by status; an empty list for an answer without a body. */
  readonly contentTypes: ReadonlyMap<string, readonly string[]>;
  /** Whether it requires authentication. */
  readonly secured: boolean;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface PathItem {
  readonly operationId?: string;
  readonly parameters?: readonly (Partial<Parameter> & Pick<Parameter, 'name' | 'in'>)[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
  readonly security?: readonly object[];
}

interface Document extends Pick<PathItem, 'security'> {
  readonly paths?: Readonly<Record<string, PathItem & Readonly<Record<string, PathItem>>>>;
  readonly components?: unknown;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** All operations of an OpenAPI 3.1 document. */
export function operationsOf(document: object): Operation[] {
  const { paths = {}, components, security: general = [] } = document as Document;
  const alone = (schema: Schema = {}): Schema => ({ ...resolve(schema, document), components });
  const bodyOf = ({ content = {} }: Content): Schema | undefined => {
    const json = Object.keys(content).find(isJson);
    return json === undefined ? undefined : alone(content[json]?.schema);
  };
  return Object.entries(paths).flatMap(([path, item]) =>
    methods
      .filter((method) => method in item)
      .map((method): Operation => {
        const { operationId, parameters = [], requestBody = {}, responses = {}, security = general } = item[method]!;
        const answers = Object.entries(responses).map(
          ([status, response]) => [status, resolve(response, document)] as const,
        );
        return {
          operationId: operationId ?? `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          parameters: [...(item.parameters ?? []), ...parameters]
            .map((one) => resolve(one, document))
            .map(({ name, in: place, required = false, schema }) => ({
              name,
              in: place,
              required,
              schema: alone(schema),
            })),
          requestBody: bodyOf(resolve(requestBody, document)),
          responses: new Map(answers.map(([status, response]) => [status, bodyOf(response)])),
          contentTypes: new Map(
            answers.map(([status, { content = {} }]) => [status, Object.keys(content).map(essenceOf)]),
          ),
          secured: security.length > 0 && security.every((requirement) => Object.keys(requirement).length > 0),
        };
      }),
  );
}

/** A content type without its parameters. */
export function essenceOf(contentType: string): string {
  return contentType.replace(/;.*/s, '').trim().toLowerCase();
}

export function isJson(contentType: string): boolean {
  return /^application\/([^;]+\+)?json\b/i.test(contentType);
}
