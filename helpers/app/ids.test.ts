import { expect, test } from '@playwright/test';
import { mentions, tellsOf, timesListed } from './ids.ts';

const id = ({ id: key }: { readonly id?: number | string }): number | string => key!;
const uuid = 'f3b0c442-98fc-4c14-9afb-f4c8996fb924';

const bodies = [
  { what: 'a list', body: [{ id: 1, day: '2027-01-01' }, { id: 12 }] },
  { what: 'a list in an envelope', body: { page: 2, data: [{ id: 1 }, { id: 12 }] } },
  { what: 'a list of ids', body: { ids: [1, 12] } },
  {
    what: 'a list whose items have others within them',
    body: [
      { id: 1, room: { id: 3 } },
      { id: 12, guests: [{ id: 4 }] },
    ],
  },
];

for (const { what, body } of bodies)
  test(`${what} tells of its items alone`, () => {
    const told = [1, 2, 3, 4, 12].filter((key) => tellsOf(body, { id: key }, id));
    expect(told).toEqual([1, 12]);
    expect(timesListed(body, { id: 12 }, id)).toBe(1);
  });

test('an item that is listed twice is counted twice', () => {
  expect(timesListed([{ id: 7 }, { id: 8 }, { id: 7 }], { id: 7 }, id)).toBe(2);
  expect(timesListed({ orders: { [uuid]: {} } }, { id: uuid }, id)).toBe(1);
});

test('an empty list tells of nothing, and a body with an id of itself', () => {
  expect(tellsOf({ data: [] }, { id: 1 }, id)).toBe(false);
  expect(tellsOf({ id: 1, version: 2 }, { id: 1 }, id)).toBe(true);
  expect(tellsOf({ id: 1, version: 2 }, { id: 2 }, id)).toBe(false);
});

test('a long id is found wherever it leaks, and a short one is not', () => {
  const body = [{ id: 1, note: `see ${uuid}` }];
  expect(tellsOf(body, { id: uuid }, id)).toBe(true);
  expect(mentions('a message of 1', { id: 1 }, id)).toBe(false);
});

test('an id by another property, and an item that has none, are no trouble', () => {
  const byNumber = (created: { readonly order?: { readonly number: number } }): number => created.order!.number;
  const body = [{ order: { number: 5 } }, { summary: true }];
  expect(tellsOf(body, { order: { number: 5 } }, byNumber)).toBe(true);
  expect(tellsOf(body, { order: { number: 6 } }, byNumber)).toBe(false);
});
