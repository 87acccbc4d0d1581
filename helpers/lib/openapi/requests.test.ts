import fc from 'fast-check';
import { expect, test } from '../../testing/index.ts';
import { type GeneratedRequest, operationsOf, requestArbitrary, responseChecker } from './index.ts';
import { authorization, type Defect, openShop } from '../../testing/openapi-shop.ts';

const validOrder = { customer: 'Ana', kind: 'gift', lines: [{ sku: 'ABC-1', amount: 1 }] };

/** The statuses of 75 requests to each of a shop's four operations, and what the checker found wrong. */
async function tryRequests(defect?: Defect): Promise<{ statuses: number[]; findings: string[] }> {
  await using shop = await openShop(defect);
  const address = await shop.listen();
  const { id } = (
    await shop.inject({ method: 'POST', url: '/orders', headers: { authorization }, body: validOrder })
  ).json<{ id: string }>();
  const [check, statuses, findings] = [responseChecker(shop.swagger()), [] as number[], new Set<string>()];
  for (const operation of operationsOf(shop.swagger())) {
    for (const { url, ...request } of fc.sample(
      requestArbitrary(operation, { authorization, examples: { id: [id] } }),
      { numRuns: 75, seed: 1 },
    )) {
      const response = await fetch(address + url, request);
      statuses.push(response.status);
      const finding = check(operation, response.status, response.headers.get('content-type'), await response.text());
      if (finding !== undefined) findings.add(finding);
    }
  }
  return { statuses, findings: [...findings] };
}

test('a server that follows its document passes valid and broken requests', async () => {
  const { statuses, findings } = await tryRequests();
  const share = (...wanted: number[]): number =>
    statuses.filter((status) => wanted.includes(status)).length / statuses.length;

  expect(findings).toEqual([]);
  expect(statuses).toHaveLength(300);
  expect(share(200, 201, 204)).toBeGreaterThan(0.25);
  expect(share(400)).toBeGreaterThan(0.1);
  expect([...new Set(statuses)]).toEqual(expect.arrayContaining([200, 201, 204, 400, 401, 404, 415]));
});

test('an error on one shape of input is found', async () => {
  const { findings } = await tryRequests(({ body }) => {
    if ((body as { lines?: unknown[] } | undefined)?.lines?.length === 5)
      throw new Error('Too many lines for this printer.');
    return undefined;
  });
  expect(findings).toEqual([
    'createOrder answered 500, which only a defect does: {"message":"Too many lines for this printer."}',
  ]);
});

test('an undocumented status is found', async () => {
  const { findings } = await tryRequests(({ method }) =>
    method === 'DELETE' ? { status: 202, answer: { message: 'Later.' } } : undefined,
  );
  expect(findings).toEqual(['deleteOrder answered 202, but only 204, 4XX is documented: {"message":"Later."}']);
});

test('a body that breaks its schema is found', async () => {
  const { findings } = await tryRequests(({ routeOptions }) =>
    routeOptions.schema?.operationId === 'listOrders' ? { status: 200, answer: [{ id: 7, ...validOrder }] } : undefined,
  );
  expect(findings).toEqual([
    'listOrders answered 200 with a body that its schema forbids, body/0/id must be string: ' +
      '[{"id":7,"customer":"Ana","kind":"gift","lines":[{"sku":"ABC-1","amount":1}]}]',
  ]);
});

test('requests are broken in every way', async () => {
  await using shop = await openShop();
  await shop.ready();
  const requests = operationsOf(shop.swagger()).flatMap((operation) =>
    fc.sample(requestArbitrary(operation, { authorization, examples: { id: ['known'] } }), { numRuns: 2_000, seed: 1 }),
  );
  const some = (is: (request: GeneratedRequest) => boolean): boolean => requests.some(is);
  const bodyOf = ({ body = '' }: GeneratedRequest): Record<string, unknown> => {
    try {
      return Object(JSON.parse(body)) as Record<string, unknown>;
    } catch {
      return {};
    }
  };
  const customers = requests.map(bodyOf).flatMap(({ customer }) => (typeof customer === 'string' ? [customer] : []));
  const amounts = new Set(
    requests
      .map(bodyOf)
      .flatMap(({ lines }) =>
        Array.isArray(lines) ? lines.map((line) => (line as { amount?: unknown } | null)?.amount) : [],
      ),
  );

  const found = {
    'a short text': customers.some(({ length }) => length === 2),
    'a long text': customers.some(({ length }) => length === 21),
    'a very long text': customers.some(({ length }) => length > 10_000),
    'a null character': customers.some((text) => text.includes('\0')),
    'half a surrogate pair': customers.some((text) => /\p{Cs}/u.test(text)),
    'a number just past a boundary': amounts.has(0) && amounts.has(100),
    'a huge number': some(({ body = '' }) => /1e\+308|1e999/.test(body)),
    'too few items': some(
      (request) => Array.isArray(bodyOf(request)['lines']) && (bodyOf(request)['lines'] as []).length === 0,
    ),
    'a field left out': some((request) => 'lines' in bodyOf(request) && !('customer' in bodyOf(request))),
    'an unknown field': some((request) => 'unknown' in bodyOf(request)),
    'a key of the prototype': some((request) => Object.hasOwn(bodyOf(request), '__proto__')),
    'an empty body': some(({ body }) => body === ''),
    'no body': some(({ method, body }) => method === 'POST' && body === undefined),
    'another content type': some(({ headers }) => headers['content-type'] === 'text/plain'),
    'no authorization': some(
      ({ url, headers }) => url.startsWith('/orders/') && headers['authorization'] === undefined,
    ),
    'another authorization': some(({ headers }) => headers['authorization'] === 'Bearer garbage'),
    'a parameter twice': some(({ url }) => /limit=\d+&limit=\d+/.test(url)),
    'a bad encoding': some(({ url }) => /\/orders\/%zz/.test(url)),
    'an example': some(({ url }) => url === '/orders/known'),
  };
  expect(
    Object.entries(found)
      .filter(([, isFound]) => !isFound)
      .map(([what]) => what),
  ).toEqual([]);
});
