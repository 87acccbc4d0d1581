import { writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { lastComplaint, stopReason } from './log.ts';

test("a program's failure is explained by its last complaint", () => {
  expect(lastComplaint('')).toBe('it said nothing');
  expect(lastComplaint('initdb: error: something\n')).toBe('initdb: error: something');
  expect(lastComplaint('cp: cannot create directory: No space left on device.\nand more\n')).toBe(
    'cp: cannot create directory: No space left on device',
  );
  expect(
    lastComplaint(`
2026-01-01 00:00:00.000 UTC [1] LOG:  starting PostgreSQL
2026-01-01 00:00:00.001 UTC [1] LOG:  could not bind IPv4 address "127.0.0.1": Permission denied
2026-01-01 00:00:00.002 UTC [1] FATAL:  could not create any TCP/IP sockets
`),
  ).toBe('could not bind IPv4 address "127.0.0.1": Permission denied');
});

test("a stopped server's log explains why, except after a kill", ({}, testInfo) => {
  const log = testInfo.outputPath('postgres.log');
  expect(stopReason(undefined)).toBeUndefined();
  expect(stopReason(log)).toBeUndefined();

  const everyday = '2026-01-01 00:00:00.000 UTC [1] FATAL:  terminating connection due to administrator command\n';
  const crash = '2026-01-01 00:00:01.000 UTC [1] LOG:  client backend (PID 7) was terminated by signal 9: Killed\n';
  const panic =
    '2026-01-01 00:00:02.000 UTC [1] PANIC:  could not write to file "pg_wal/xlogtemp.7": No space left on device\n';
  for (const [lines, reason] of [
    [everyday, undefined],
    [everyday + crash, 'client backend (PID 7) was terminated by signal 9: Killed'],
    [panic + crash + everyday, 'could not write to file "pg_wal/xlogtemp.7": No space left on device'],
  ] as const) {
    writeFileSync(log, lines);
    expect(stopReason(log)).toBe(reason);
  }
});
