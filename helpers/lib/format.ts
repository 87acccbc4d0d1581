/** Two digits below 10, and whole numbers from there on: more would be noise. */
function digits(value: number): string {
  return value < 9.95 ? value.toPrecision(2) : Math.round(value).toLocaleString('en-US');
}

/** Milliseconds as people say them: `0.41 ms`, `61 ms`, `2.9 s`, `2 min 5 s`, `1 h 2 min`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 0.001) return '<1 µs';
  if (ms < 0.0995) return `${digits(ms * 1000)} µs`;
  if (ms < 999.5) return `${digits(ms)} ms`;
  if (ms < 59_500) return `${digits(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(ms / 60_000);
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joined(many: number, unit: string, few: number, smaller: string): string {
  return few === 0 ? `${formatCount(many)} ${unit}` : `${formatCount(many)} ${unit} ${few} ${smaller}`;
}

/** In powers of 1,000: `512 B`, `4.2 kB`, `16 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? Math.round(value) : digits(value)} ${units[unit]}`;
}

/** US dollars, small ones too: `$0.0031`, `$0.412`, `$1.24`, `$0` for nothing and `<$0.0001` for hardly anything. */
export function formatUsd(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.0001) return '<$0.0001';
  const decimals = usd < 0.09995 ? 4 : usd < 0.9995 ? 3 : 2;
  const text = usd.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return `$${text.replace(/(\.\d\d)0+$/, '$1')}`;
}

/** A share of one. All is said only of all, and nothing only of nothing: `100 %`, `99.9 %`, `0.1 %`, `0 %`. */
export function formatShare(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  const percent = Math.min(Math.max(share * 100, 0.1), 99.9);
  return `${Number(percent.toFixed(1))} %`;
}

/** A ratio to what is usual: `+38 %`, `−12 %`, `±0 %`. */
export function formatChange(ratio: number): string {
  const percent = Math.round((ratio - 1) * 100);
  return `${percent > 0 ? '+' : percent < 0 ? '−' : '±'}${formatCount(Math.abs(percent))} %`;
}

/** How likely chance alone would have done it. */
export function formatP(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

export function formatCount(count: number): string {
  return Number.isInteger(count) ? count.toLocaleString('en-US') : digits(count);
}

/** A number and its noun: `1 test`, `2 tests`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** A measurement's value in its unit. */
export function formatValue(value: number, unit: 'ms' | 's' | 'bytes' | 'count' | 'usd' | 'percent'): string {
  switch (unit) {
    case 'ms':
      return formatDuration(value);
    case 's':
      return formatDuration(value * 1000);
    case 'bytes':
      return formatBytes(value);
    case 'usd':
      return formatUsd(value);
    case 'percent':
      return `${formatCount(value)} %`;
    case 'count':
      return formatCount(value);
  }
}

/** A percentile, which only enough samples have. */
export function orInsufficient(value: number | null, format: (value: number) => string): string {
  return value === null ? 'insufficient samples' : format(value);
}

/** A moment in the words of no country: `21 Nov 2026, 22:30 UTC`. */
export function formatMoment(iso: string): string {
  return `${new Date(iso).toLocaleString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })} UTC`;
}
