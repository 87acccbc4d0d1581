import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { shortened } from '../text.ts';
import { essenceOf, isJson, type Operation, operationsOf } from './document.ts';

/** Describes in a sentence how an answer breaks the document; undefined when it does not. */
export type ResponseChecker = (
  operation: Operation,
  status: number,
  contentType: string | null | undefined,
  body: string,
) => string | undefined;

/** Checks answers against a document; schemas are compiled once, in this call. */
export function responseChecker(document: object): ResponseChecker {
  const ajv = new Ajv2020({ strict: false, logger: false, allErrors: true, addUsedSchema: false });
  formats.default(ajv);
  const id = ({ method, path }: Operation, documented: string): string => `${method} ${path} ${documented}`;
  const validators = new Map<string, ValidateFunction>();
  for (const operation of operationsOf(document)) {
    for (const [documented, schema] of operation.responses)
      if (schema !== undefined) validators.set(id(operation, documented), ajv.compile(schema));
  }

  return (operation, status, contentType, body) => {
    const { operationId, method, responses, contentTypes } = operation;
    const answered = `${operationId} answered ${status}`;
    if (status >= 500 && !(status === 503 && responses.has('503')))
      return `${answered}, which only a defect does: ${short(body)}`;

    const documented = [String(status), `${String(status)[0]}XX`, 'default'].find((key) => responses.has(key));
    if (documented === undefined)
      return `${answered}, but only ${listed([...responses.keys()])} is documented: ${short(body)}`;

    const types = contentTypes.get(documented) ?? [];
    if (types.length === 0 || method === 'HEAD') return undefined;
    const type = essenceOf(contentType ?? '');
    if (!types.includes(type))
      return `${answered} with ${type || 'no content type'}, but only ${listed(types)} is documented: ${short(body)}`;
    if (!isJson(type)) return undefined;

    const json = parsed(body);
    if (json === undefined) return `${answered} with a body that is not JSON: ${short(body)}`;
    const validate = validators.get(id(operation, documented))!;
    return validate(json.value)
      ? undefined
      : `${answered} with a body that its schema forbids, ${ajv.errorsText(validate.errors?.slice(0, 3), { dataVar: 'body' })}: ${short(body)}`;
  };
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const listed = (all: readonly string[]): string => all.join(', ') || 'nothing';
const short = (body: string): string => shortened(body, 300) || '(no body)';
