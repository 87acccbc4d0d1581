import type { Summary } from '../../summary/summary-schema.ts';
import { formatDuration } from '../../../../helpers/lib/format.ts';
import type { Test } from '../words.ts';
import { type Html, html } from './html.ts';

type Attempt = Test['attempts'][number];
type Step = NonNullable<Attempt['steps']>[number];
type Attachment = NonNullable<Attempt['attachments']>[number];

/** All that is known of a test: where its time went, its annotations, and of each attempt errors, files and steps. */
export function evidenceOf(test: Test, { run }: Summary): Html {
  const { id, time, annotations, attempts, area } = test;
  const times = [
    `set-up ${formatDuration(time.setUp)}`,
    `own work ${formatDuration(time.test)}`,
    `waiting ${formatDuration(time.waiting)}`,
    `teardown ${formatDuration(time.teardown)}`,
  ].join(', ');
  const inPlaywrights = run.hasPlaywrightReport
    ? html` · <a href="index.html#?testId=${id}">in Playwright’s report</a>`
    : undefined;
  return html`<div class="more">
    <p>${area} · ${times}${inPlaywrights}</p>
    ${annotations.map(
      ({ type, description }) =>
        html`<p class="annotation"><b>${type}</b>${description === undefined ? undefined : html` ${description}`}</p> `,
    )}
    ${attempts.map((attempt, index) => attemptOf(attempt, attempts.length > 1 ? `Attempt ${index + 1}: ` : '', run))}
  </div>`;
}

function attemptOf(attempt: Attempt, name: string, { shards }: Summary['run']): Html {
  const { status, duration, shard, lane, errors = [], steps = [], attachments = [], output } = attempt;
  const { name: shardName = 'a shard' } = shards.find(({ index }) => index === shard) ?? {};
  const where = shards.length > 1 ? `${shardName}, worker ${lane + 1}` : `worker ${lane + 1}`;
  return html`<div class="attempt">
    <p><b>${name}${status}</b> after ${formatDuration(duration)}, ${where}</p>
    ${errorsOf(errors)}
    ${
      attachments.length === 0
        ? undefined
        : html`<p class="files">${attachments.map((file) => html`${attachmentOf(file)} `)}</p>`
    }
    ${steps.length === 0 ? undefined : stepsOf(steps)}
    ${
      output === undefined
        ? undefined
        : html`<details>
            <summary>What it printed</summary>
            <pre tabindex="0">${output}</pre>
          </details>`
    }
  </div> `;
}

/** Whole errors, each in a box that scrolls, also by keyboard. */
export function errorsOf(errors: readonly string[]): Html[] {
  return errors.map((error) => html`<pre class="error" tabindex="0">${error}</pre> `);
}

/** The page's script turns a trace's file into an address of Playwright's viewer, which needs a server. */
function attachmentOf({ name, contentType, href }: Attachment): Html {
  const isTrace = name === 'trace' && contentType === 'application/zip';
  return isTrace ? html`<a class="trace" href="${href}">trace</a>` : html`<a href="${href}">${name}</a>`;
}

function stepsOf(steps: readonly Step[]): Html {
  return html`<ol class="steps">
    ${steps.map(
      ({ title, duration, failed = false, place, steps: inner = [] }) =>
        html`<li${failed ? html` class="failed"` : undefined}>${failed ? '✗ ' : undefined}${title}
          <small>${formatDuration(duration)}${place === undefined ? undefined : ` · ${place}`}</small>
          ${inner.length === 0 ? undefined : stepsOf(inner)}</li>`,
    )}
  </ol>`;
}
