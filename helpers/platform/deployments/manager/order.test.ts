import { expect, test } from '../../../../fixtures/index.ts';
import { addressOf, checkResources, resourceOrder } from './order.ts';

const resource = (name: string, ...dependsOn: string[]) => ({
  type: 'task',
  name,
  config: {},
  dependsOn: dependsOn.map((other) => `task.${other}`),
});
const orderOf = (...resources: ReturnType<typeof resource>[]) =>
  resourceOrder.ofCreation(resources).map(({ name }) => name);
const complaints = (...resources: Parameters<typeof checkResources>[0]) =>
  checkResources(resources).map(({ field, code, message }) => `${field}, ${code}: ${message}`);

test('a resource comes after those that it depends on, and otherwise keeps its place', () => {
  expect(orderOf(resource('a', 'c'), resource('b'), resource('c', 'd'), resource('d'))).toEqual(['d', 'c', 'a', 'b']);
  expect(orderOf(resource('b'), resource('a'))).toEqual(['b', 'a']);
});

test('a dependency that no longer exists changes no order', () => {
  expect(orderOf(resource('a', 'gone'), resource('b'))).toEqual(['a', 'b']);
});

test('two of one name, an unknown dependency and a circle are refused, each where it stands', () => {
  expect(complaints(resource('a'), resource('b', 'a'))).toEqual([]);
  expect(complaints(resource('a'), resource('a'))).toEqual(['resources.1, duplicate: Two resources are named task.a']);
  expect(complaints(resource('b'), resource('a', 'c'))).toEqual([
    'resources.1.dependsOn, unknown: There is no resource task.c to depend on',
  ]);
  expect(complaints(resource('a', 'a'))).toEqual([
    'resources.0.dependsOn, circle: task.a depends on itself, by task.a',
  ]);
  expect(complaints(resource('a', 'b'), resource('b', 'c'), resource('c', 'a'))).toEqual([
    'resources.2.dependsOn, circle: task.c depends on itself, by task.a',
  ]);
});

test('a resource that says nothing of dependencies has none', () => {
  const free = ['a', 'b'].map((name) => ({ type: 'task', name, config: {} }));
  expect(complaints(...free)).toEqual([]);
  expect(resourceOrder.ofCreation(free)).toEqual(free);
});

test('a resource is named by its type and its name', () => {
  expect(addressOf(resource('a'))).toBe('task.a');
});
