import { expect, test } from '../../testing/index.ts';
import { type Operation, operationsOf, type ResponseChecker, responseChecker } from './index.ts';

const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const document = {
  openapi: '3.1.0',
  security: [{ bearer: [] }],
  components: {
    schemas: { Item: { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } } },
    responses: { Failure: json({ type: 'object', required: ['message'] }) },
    parameters: { Page: { name: 'page', in: 'query', schema: { type: 'integer' } } },
  },
  paths: {
    '/items/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      put: {
        operationId: 'putItem',
        parameters: [{ $ref: '#/components/parameters/Page' }],
        requestBody: json({ $ref: '#/components/schemas/Item' }),
        responses: {
          200: json({ type: 'array', items: { $ref: '#/components/schemas/Item' } }),
          204: { description: 'None' },
          '4XX': { $ref: '#/components/responses/Failure' },
          503: json({}),
        },
      },
      get: {
        security: [],
        responses: {
          200: { content: { 'text/csv': {}, 'application/json': { schema: { type: 'array' } } } },
          default: { description: 'Anything' },
        },
      },
    },
  },
};
const [get, put] = operationsOf(document) as [Operation, Operation];
const check = responseChecker(document);
type Answer = [what: string, ...Parameters<ResponseChecker>];

test('an operation is read from the document', () => {
  expect(put).toMatchObject({
    operationId: 'putItem',
    method: 'PUT',
    path: '/items/{id}',
    requestBody: { required: ['id'] },
    secured: true,
  });
  expect(
    put.parameters.map(({ name, in: place, required, schema: { type } }) => ({ name, place, required, type })),
  ).toEqual([
    { name: 'id', place: 'path', required: true, type: 'string' },
    { name: 'page', place: 'query', required: false, type: 'integer' },
  ]);
  expect([...put.responses.keys()]).toEqual(['200', '204', '503', '4XX']);
  expect(put.responses.get('204')).toBeUndefined();
  expect(put.responses.get('4XX')).toMatchObject({ required: ['message'] });
  expect(get).toMatchObject({
    operationId: 'GET /items/{id}',
    parameters: [{ name: 'id' }],
    requestBody: undefined,
    secured: false,
  });
});

for (const [what, ...answer] of [
  [
    'a body of its schema',
    put,
    200,
    'application/json; charset=utf-8',
    '[{"id":"4e3e6591-1769-406f-a1b7-a4b73bb4a535"}]',
  ],
  ['no body where there is none', put, 204, null, ''],
  ['a status of a documented range', put, 418, 'application/json', '{"message":"No."}'],
  ['a documented 503', put, 503, 'application/json', 'null'],
  ['another documented content type', get, 200, 'text/csv', 'a,b'],
  ['a status by default', get, 302, undefined, ''],
] as Answer[]) {
  test(`${what} is accepted`, () => {
    expect(check(...answer)).toBeUndefined();
  });
}

for (const [finding, ...answer] of [
  ['putItem answered 500, which only a defect does: (no body)', put, 500, undefined, ''],
  ['GET /items/{id} answered 503, which only a defect does: Later.', get, 503, 'text/plain', 'Later.'],
  ['putItem answered 201, but only 200, 204, 503, 4XX is documented: []', put, 201, 'application/json', '[]'],
  [
    'putItem answered 404 with text/html, but only application/json is documented: <h1>',
    put,
    404,
    'text/html; charset=utf-8',
    '<h1>',
  ],
  ['putItem answered 404 with no content type, but only application/json is documented: (no body)', put, 404, null, ''],
  ['putItem answered 200 with a body that is not JSON: [', put, 200, 'application/json', '['],
  [
    'putItem answered 200 with a body that its schema forbids, body/0/id must match format "uuid", body/1 must ' +
      'have required property \'id\': [{"id":"7"},{}]',
    put,
    200,
    'application/json',
    '[{"id":"7"},{}]',
  ],
] as Answer[]) {
  test(finding, () => {
    expect(check(...answer)).toBe(finding);
  });
}
