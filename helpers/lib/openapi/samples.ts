import fc from 'fast-check';
import { oddTexts } from './broken.ts';
import type { Operation } from './document.ts';
import { alternatives, propertiesOf, typeOf } from './json-schema.ts';
import { type GeneratedRequest, requestArbitrary, type RequestOptions, validRequestArbitrary } from './requests.ts';

/** The same requests in every run. */
const seed = 1;

/** Generated requests to an operation, valid and broken ones, and one for each text of the body and each odd text. */
export function sampleRequests(operation: Operation, options: RequestOptions, count: number): GeneratedRequest[] {
  return [
    ...fc.sample(requestArbitrary(operation, options), { numRuns: count, seed }),
    ...oddRequests(operation, options),
  ];
}

/** As documented, but for one text of the body, which is one that often breaks programs. */
function oddRequests(operation: Operation, options: RequestOptions): GeneratedRequest[] {
  const { requestBody } = operation;
  if (requestBody === undefined) return [];
  const names = alternatives(requestBody, requestBody).flatMap((body) =>
    Object.entries(propertiesOf(body))
      .filter(([, schema]) => alternatives(schema, requestBody).some((one) => isFreeText(one)))
      .map(([name]) => name),
  );
  const odd = [...new Set(names)].flatMap((name) => oddTexts.map((text) => [name, text] as const));
  const requests = fc.sample(validRequestArbitrary(operation, options), { numRuns: odd.length || 1, seed });
  return odd.map(([name, text], place) => {
    const request = requests[place]!;
    return { ...request, body: JSON.stringify({ ...(JSON.parse(request.body!) as object), [name]: text }) };
  });
}

function isFreeText({ enum: values, format, pattern, ...schema }: ReturnType<typeof alternatives>[number]): boolean {
  return typeOf(schema) === 'string' && values === undefined && format === undefined && pattern === undefined;
}
