import { expect, test } from '@playwright/test';
import { type Checks, listed, nothing, type Result, runChecks, same, warning } from './index.ts';
import { runOwnChecks, withOwn } from './own-checks.ts';

const none: Checks<string[]> = { connection: [], schema: [], data: [], performance: [], isolation: [] };

/** A check that notes when it begins and when it ends. */
const noting =
  (name: string, passed = true) =>
  async (log: string[]) => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    return { check: name, expected: 'x', found: 'x', passed };
  };

test.describe('all checks', () => {
  test('results come in the order of the categories, each with its category', async () => {
    const log: string[] = [];
    const checks = {
      isolation: [noting('e')],
      performance: [noting('d')],
      data: [noting('c')],
      schema: [noting('b'), async (): Promise<Result[]> => [same('b2', 'x', 'x'), same('b3', 'x', 'y')]],
      connection: [noting('a')],
    };
    const report = await runChecks('shop', log, checks);
    expect(report.database).toBe('shop');
    expect(report.passed).toBe(false);
    expect(report.checks.map(({ category, check }) => `${category} ${check}`)).toEqual([
      'connection a',
      'schema b',
      'schema b2',
      'schema b3',
      'data c',
      'performance d',
      'isolation e',
    ]);
    expect(log.join()).toBe(['a', 'b', 'c', 'd', 'e'].map((name) => `${name} begins,${name} ends`).join());
  });

  test('checks that may run at once wait for those of the connection, and for nothing else', async () => {
    const log: string[] = [];
    const checks = { ...none, connection: [noting('a')], schema: [noting('b')], isolation: [noting('e')] };
    await runChecks('shop', log, checks, 'connection first, then at once');
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'e begins', 'b ends', 'e ends']);
  });

  test('a report passes when every check has passed', async () => {
    expect((await runChecks('shop', [], { ...none, data: [noting('c')] })).passed).toBe(true);
    expect((await runChecks('shop', [], { ...none, data: [noting('c'), noting('d', false)] })).passed).toBe(false);
  });

  test('a check that throws has failed, and the others still run', async () => {
    const breaks = () => Promise.reject(new Error('no such table'));
    expect((await runChecks('shop', [], { ...none, schema: [breaks], data: [noting('c')] })).checks).toEqual([
      { category: 'schema', check: 'breaks', expected: 'an answer', found: 'Error: no such table', passed: false },
      { category: 'data', check: 'c', expected: 'x', found: 'x', passed: true },
    ]);
  });
});

test.describe('a result', () => {
  test('a check passes when what was found is what was expected', () => {
    expect(same('size', '3', '3')).toEqual({ check: 'size', expected: '3', found: '3', passed: true });
    expect(same('size', '3', '4')).toEqual({ check: 'size', expected: '3', found: '4', passed: false });
  });

  test('finding nothing passes, in words of its own if need be', () => {
    expect(nothing('orphans', '')).toEqual({ check: 'orphans', expected: 'none', found: 'none', passed: true });
    expect(nothing('orphans', '', 'no row')).toMatchObject({ expected: 'no row', found: 'no row', passed: true });
    expect(nothing('orphans', 'row 7')).toMatchObject({ expected: 'none', found: 'row 7', passed: false });
  });

  test('a warning passes, and is one only if something was found', () => {
    expect(warning('odd names', 'Users')).toEqual({
      check: 'odd names',
      expected: 'none',
      found: 'Users',
      passed: true,
      warning: true,
    });
    expect(warning('odd names', '')).toEqual({ check: 'odd names', expected: 'none', found: 'none', passed: true });
  });

  test('the first five names are listed, and the others are counted', () => {
    expect(listed([])).toBe('');
    expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, d, e');
    expect(listed(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more');
  });
});

test.describe('own checks', () => {
  const store = { name: 'shop' };

  test('a query and a function each find what is wrong, and pass when that is nothing', async () => {
    const asked: string[] = [];
    const query = async (sql: string) => {
      asked.push(sql);
      return sql === 'SELECT 1' ? [{ id: 1, name: 'Ana' }] : [];
    };
    const checks = { owned: 'SELECT 1', dated: 'SELECT 2', 'of the shop': (of: typeof store) => [of.name, undefined] };
    expect(await runOwnChecks(store, checks, query)).toEqual([
      { category: 'data', check: 'owned', expected: 'nothing', found: '{"id":1,"name":"Ana"}', passed: false },
      { category: 'data', check: 'dated', expected: 'nothing', found: 'nothing', passed: true },
      { category: 'data', check: 'of the shop', expected: 'nothing', found: '"shop", undefined', passed: false },
    ]);
    expect(asked).toEqual(['SELECT 1', 'SELECT 2']);
  });

  test('what is wrong is cut where it is long or much', async () => {
    const [long] = await runOwnChecks(store, { short: () => ['x'.repeat(100)] }, () => Promise.resolve([]));
    expect(long!.found).toBe(`"${'x'.repeat(78)}…`);
    const [many] = await runOwnChecks(store, { few: () => [1, 2, 3, 4, 5, 6] }, () => Promise.resolve([]));
    expect(many!.found).toBe('1, 2, 3, 4, 5 and 1 more');
  });

  test('an own check that throws has failed, and the others still run', async () => {
    const throws = () => {
      throw new Error('no such column');
    };
    const checks = { sync: throws, query: 'SELECT', last: () => [] };
    expect(await runOwnChecks(store, checks, () => Promise.reject(new Error('syntax error')))).toMatchObject([
      { found: 'Error: no such column', passed: false },
      { found: 'Error: syntax error', passed: false },
      { found: 'nothing', passed: true },
    ]);
  });

  test('a report with own checks passes when both do', () => {
    const result = (check: string, passed: boolean) =>
      ({ category: 'data', check, expected: 'x', found: 'x', passed }) as const;
    const report = (passed: boolean) => ({ database: 'shop', passed, checks: [result('ours', passed)] });
    expect(withOwn(report(true), [result('own', true), result('own', true)])).toEqual({
      database: 'shop',
      passed: true,
      checks: [result('ours', true), result('own', true), result('own', true)],
    });
    expect(withOwn(report(true), []).passed).toBe(true);
    expect(withOwn(report(true), [result('own', true), result('own', false)]).passed).toBe(false);
    expect(withOwn(report(false), [result('own', true)]).passed).toBe(false);
  });
});
