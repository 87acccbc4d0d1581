const text = (maxLength, minLength = 0) => ({ type: 'string', minLength, maxLength });
const integer = (minimum, maximum) => ({ type: 'integer', minimum, maximum });
const object = (properties, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const status = { type: 'string', enum: ['open', 'done'] };
const id = { type: 'string', format: 'uuid' };
const largest = 2 ** 31 - 1;

export const Task = object({
  id,
  title: text(200),
  description: text(10_000),
  status,
  comments: integer(0, largest),
  words: { anyOf: [integer(0, largest), { type: 'null' }], description: 'Counted by the worker; null until then' },
  version: integer(1, largest),
  created_at: { type: 'string', format: 'date-time' },
});
export const Tasks = object({ tasks: { type: 'array', items: Task } });
export const Summary = object({ open: integer(0, largest), done: integer(0, largest) });

export const NewTask = object({ title: text(200, 1), description: text(10_000) }, ['title']);
export const ChangeTask = object(
  { version: integer(1, largest), title: text(200, 1), description: text(10_000), status },
  ['version'],
);
export const NewComment = object({ text: text(2_000, 1) });
export const Id = object({ id });
export const Page = object(
  { status, limit: { ...integer(1, 100), default: 50 }, offset: { ...integer(0, 1_000_000), default: 0 } },
  [],
);
export const RequestKey = { type: 'object', properties: { 'idempotency-key': text(100, 1) } };

const Failure = object({ message: { type: 'string' } });

/** The answers of a route: its own, and the errors that every route with a token may have. */
export const answers = (own, ...statuses) => ({
  ...Object.fromEntries([400, 401, 503, ...statuses].map((each) => [each, Failure])),
  ...own,
});
export const withBody = [413, 415];
