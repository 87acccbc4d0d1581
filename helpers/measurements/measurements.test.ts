import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../../fixtures/index.ts';
import { appendToLedger, type MeasurementDocument, Recorder } from './index.ts';

test('measurements are taken once, with name, value, unit and attributes', () => {
  const recorder = new Recorder();
  recorder.record('checkout.total', 12.5, 'ms', { step: 'pay' });
  recorder.record('rows', 3, 'count');

  expect(recorder.take()).toEqual({
    version: 1,
    measurements: [{ name: 'checkout.total', value: 12.5, unit: 'ms', attributes: { step: 'pay' } }, { name: 'rows', value: 3, unit: 'count', attributes: {} }],
  });
  expect(recorder.take()).toBeUndefined();
});

test('what is no number is refused', () => {
  expect(() => new Recorder().record('ratio', 0 / 0, 'percent')).toThrow('Measurement ratio is NaN, not a number.');
});

test('the ledger has a line for each document', ({}, testInfo) => {
  const document: MeasurementDocument = { version: 1, measurements: [{ name: 'a', value: 1, unit: 's', attributes: {} }] };
  appendToLedger(testInfo.outputPath(), 3, document);
  appendToLedger(testInfo.outputPath(), 3, document);

  const lines = readFileSync(path.join(testInfo.outputPath(), '.measurements', 'worker-3.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([document, document]);
});

test('the fixtures record what they cost', async ({ _recorder, postgres }) => {
  await postgres.snapshot('now');
  await postgres.restore('now');

  const names = _recorder.take()?.measurements.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['postgres.acquire', 'postgres.snapshot', 'postgres.restore']));
});
