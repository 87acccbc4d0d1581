import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Summary } from '../../summary/summary-schema.ts';
import { capitalized, verdictOf } from '../words.ts';
import { themeSwitch } from './choices.ts';
import { cost } from './cost.ts';
import { coverage } from './coverage.ts';
import { section } from './figure.ts';
import { embedded, html, trusted } from './html.ts';
import { leftovers } from './leftovers.ts';
import { measurements } from './measurements.ts';
import { heading, overview } from './overview.ts';
import { resources } from './resources.ts';
import { timeSplit } from './split.ts';
import { fixtures } from './fixtures.ts';
import { tests } from './tests.ts';
import { trends } from './trends.ts';
import { waterfall } from './waterfall.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const style = trusted(read('page.css') + read('tests.css'));
const script = read('page.mjs');
/** The one script that the page may run, by the hash of its text. */
const scriptHash = createHash('sha256').update(script).digest('base64');

/**
 * A page with everything that is known of a run, in one file without network access. The summary itself is in it, as
 * JSON in the element `summary`. Its script searches, sorts and groups; without JavaScript all is there to be read.
 */
export function renderPage(summary: Summary): string {
  const drawn = [waterfall(summary), timeSplit(summary)].filter((part) => part !== undefined);
  const parts = [
    { id: 'changes', name: 'History', content: trends(summary) },
    { id: 'time', name: 'Time', content: drawn.length === 0 ? undefined : section('time', 'Time', ...drawn) },
    { id: 'resources', name: 'Resources', content: resources(summary) },
    { id: 'cost', name: 'Cost', content: cost(summary) },
    { id: 'latency', name: 'Latency', content: measurements(summary) },
    { id: 'coverage', name: 'API coverage', content: coverage(summary) },
    { id: 'left-behind', name: 'Left behind', content: leftovers(summary) },
    { id: 'fixtures', name: 'Fixtures', content: fixtures(summary) },
    { id: 'tests', name: 'Tests', content: tests(summary) },
  ].filter(({ content }) => content !== undefined);
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${scriptHash}'"
        />
        <link rel="icon" href="data:," />
        <title>
          ${summary.run.title === undefined ? undefined : `${summary.run.title}: `}${capitalized(verdictOf(summary).sentence)}
        </title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        ${heading(summary)}
        <nav aria-label="Parts of the report">
          <ul>
            ${parts.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}
          </ul>
        </nav>
        <main id="main" tabindex="-1">${overview(summary)} ${parts.map(({ content }) => content)}</main>
        <footer>
          ${themeSwitch()}
          <p>
            Cost and performance of a test run. Its figures are in this page as JSON, in the element
            <code>summary</code>.
          </p>
        </footer>
        <script type="application/json" id="summary">
          ${embedded(summary)}
        </script>
        ${trusted(`<script type="module">${script}</script>`)}
      </body>
    </html> `.toString();
}
