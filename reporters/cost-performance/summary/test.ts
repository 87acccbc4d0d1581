import type { AttemptRecord, StepRecord, TestRecord } from '../record.ts';
import type { RunCost } from '../cost/index.ts';
import type { Presentation } from './presentation.ts';
import { remark } from './remark.ts';
import type { Summary } from './summary-schema.ts';
import { sumTime } from './tests.ts';

type SummarizedTest = Summary['all'][number];
type Attempt = SummarizedTest['attempts'][number];
type Step = NonNullable<Attempt['steps']>[number];

/** A test of a run that began at this time. */
export function summarizeTest(
  test: TestRecord,
  runStartedAt: number,
  { tests }: RunCost,
  { hrefOf }: Pick<Presentation, 'hrefOf'>,
): SummarizedTest {
  const { id, area, file, line, title, tags, annotations, outcome, attempts } = test;
  const cost = tests.get(id)!;
  return {
    id,
    area,
    file,
    line,
    title,
    tags: [...tags],
    annotations: [...annotations],
    outcome,
    remark: remark(
      cost.spent + cost.notional,
      attempts.flatMap(({ measurements }) => measurements),
    ),
    time: sumTime([test]),
    cost,
    attempts: attempts.map(({ status, shard, lane, startedAt, durationMs, time, isRepeated, ...evidence }) => ({
      status,
      shard,
      lane,
      startedAt: startedAt - runStartedAt,
      duration: durationMs,
      setUp: time.setUp,
      isRepeated,
      ...summarizeEvidence(evidence, hrefOf),
    })),
  };
}

/** What helps to understand an attempt; what there is none of is left out. */
function summarizeEvidence(
  {
    error,
    errors,
    steps,
    attachments = [],
    output,
  }: Pick<AttemptRecord, 'error' | 'errors' | 'steps' | 'attachments' | 'output'>,
  hrefOf: Presentation['hrefOf'],
): Pick<Attempt, 'error' | 'errors' | 'steps' | 'attachments' | 'output'> {
  const files = attachments.map(({ name, contentType, file }) => ({ name, contentType, href: hrefOf(file) }));
  return {
    ...(error === undefined ? {} : { error }),
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
    ...(steps.length === 0 ? {} : { steps: steps.map(summarizeStep) }),
    ...(files.length === 0 ? {} : { attachments: files }),
    ...(output === undefined ? {} : { output }),
  };
}

function summarizeStep({ title, durationMs, failed, place, steps }: StepRecord): Step {
  return {
    title,
    duration: durationMs,
    ...(failed ? { failed } : {}),
    ...(place === undefined ? {} : { place }),
    ...(steps.length === 0 ? {} : { steps: steps.map(summarizeStep) }),
  };
}
