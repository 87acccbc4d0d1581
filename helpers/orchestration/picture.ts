import type { Timeline, TimelineEntry } from './timeline.ts';

const column = 330;
const row = 44;
const clockWidth = 150;

/** Draws a timeline as SVG: a column for each client, time from top to bottom; what ran at the same time overlaps. */
export function drawTimeline({ entries }: Timeline): string {
  const clients = Math.max(1, ...entries.map(({ client }) => client));
  const width = clockWidth + clients * column;
  const height = row * (entries.length + 1);
  const heads = Array.from({ length: clients }, (_, index) =>
    text(clockWidth + index * column + 8, 28, `client ${index + 1}`, 'head'),
  );
  const boxes = entries.map((entry, index) => draw(entry, index, lastBeside(entries, index), width));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"
  font-family="sans-serif" font-size="12">
<style>.head { font-weight: bold } .refused { fill: #b00020 } .small { fill: #555; font-size: 11px }</style>
<rect width="100%" height="100%" fill="#fff"/>
${[...heads, ...boxes].join('\n')}
</svg>`;
}

/** The last entry that began before this one ended. */
function lastBeside(entries: readonly TimelineEntry[], index: number): number {
  const { to = Infinity } = entries[index]!;
  return Math.max(
    index,
    entries.findLastIndex(({ from }) => from < to),
  );
}

function draw(entry: TimelineEntry, index: number, last: number, width: number): string {
  const y = row * (index + 1);
  if (entry.client === 0) {
    const note = `${entry.operation} ${entry.values.map(String).join(' ')}`;
    return `<line x1="0" x2="${width}" y1="${y + 20}" y2="${y + 20}" stroke="#ccc"/>${text(8, y + 16, note, 'small')}`;
  }
  const x = clockWidth + (entry.client - 1) * column;
  const outcome = entry.outcome ?? '…';
  const isRefused = outcome.startsWith('✗');
  const frame = `<rect x="${x + 2}" y="${y + 2}" width="${column - 6}" height="${row * (last - index + 1) - 4}" rx="4"`;
  return `${frame} fill="${isRefused ? '#fdecee' : '#eef4fd'}" fill-opacity="0.8" stroke="#9ab"/>
${text(x + 8, y + 17, entry.operation)}${text(x + 8, y + 34, outcome, isRefused ? 'refused' : 'small')}`;
}

function text(x: number, y: number, content: string, className = ''): string {
  const shown = content.length > 56 ? `${content.slice(0, 55)}…` : content;
  const escaped = shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" class="${className}">${escaped}</text>`;
}
