import type { MailFormats } from './formats.ts';
import { conversationIn, linesOf } from './text.ts';

/** Reads what somebody wrote in a mail, as opposed to what the mail quotes and how it is signed. */
export type OwnText = (text: string, formats: MailFormats) => string;

/** The longest line that may belong to a format: the libraries' time grows with the cube of its length. */
const longestLine = 240;
/** The most questions about one mail, which take some seconds at worst; what comes after them is text. */
const mostQuestions = 100;
/** The most lines of an attribution, which mail programs wrap. */
const longestAttribution = 5;
/** The most lines of a quoted mail's head. */
const longestHead = 8;
/** The most lines of a signature, unless it begins with `-- `. */
const longestSignature = 6;
/** The most empty lines between an attribution and its quote. */
const widestGap = 3;
/** So many lines with `>` are a quote, even where they stand between own lines and have no attribution. */
const fewestQuoted = 3;

/** Lines of one kind: `marked` ones begin with `>`. */
interface Part {
  readonly kind: 'own' | 'marked' | 'attribution';
  readonly lines: readonly string[];
}

/**
 * The new text of a mail, above its quote, below it, or between its lines. Quoted are lines with `>`, and all that
 * follows an attribution, or another mail's head, without `>`. Left out are signatures, too, and lines that name the
 * conversation. A line of one's own that begins with `>` stays. Takes time in proportion to the text.
 */
export const ownText: OwnText = (text, formats) => {
  const parts = partsOf(
    linesOf(text).filter((line) => conversationIn(line) === undefined),
    withinReason(formats),
  );
  return parts
    .filter(isOwnAmong(parts))
    .map(({ lines }) => lines.join('\n'))
    .join('\n')
    .trim();
};

/** Lines with `>` are somebody's own above an attribution, and without one if they are few and between own lines. */
function isOwnAmong(parts: readonly Part[]): (part: Part, place: number) => boolean {
  const attribution = parts.findIndex(({ kind }) => kind === 'attribution');
  const marked = parts.filter(({ kind }) => kind === 'marked').flatMap(({ lines }) => lines);
  const isFew = marked.length < fewestQuoted;
  return ({ kind }, place) => {
    if (kind !== 'marked') return kind === 'own';
    return attribution === -1 ? isFew && place > 0 && place < parts.length - 1 : place < attribution;
  };
}

function partsOf(lines: readonly string[], formats: MailFormats): readonly Part[] {
  const attributions = attributionsIn(lines, formats);
  const parts: Part[] = [];
  for (let place = 0; place < lines.length; place += parts.at(-1)!.lines.length) {
    const attribution = attributions.get(place);
    if (attribution !== undefined) parts.push({ kind: 'attribution', lines: lines.slice(place, attribution) });
    else {
      const marked = isMarked(lines[place]!);
      let end = place + 1;
      while (end < lines.length && isMarked(lines[end]!) === marked && !attributions.has(end)) end++;
      parts.push({ kind: marked ? 'marked' : 'own', lines: lines.slice(place, end) });
    }
  }
  return parts
    .map((part) => (part.kind === 'own' ? { ...part, lines: unsigned(part.lines, formats) } : part))
    .filter((part) => part.lines.some(hasText));
}

/** The attributions: the place of the first line, and that of the line after it, or after an unmarked quote. */
function attributionsIn(lines: readonly string[], formats: MailFormats): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const place of lines.keys()) {
    if (isHeadAt(lines, place, formats)) {
      const isBelowRule = /^\s*[_-]{5,}\s*$/.test(lines[place - 1] ?? '');
      return found.set(isBelowRule ? place - 1 : place, lines.length);
    }
    const start = attributionEndingAt(lines, place, formats);
    if (start === undefined) continue;
    const next = lines.slice(place + 1, place + 2 + widestGap).find(hasText);
    if (next === undefined || !isMarked(next)) return found.set(start, lines.length);
    found.set(start, place + 1);
  }
  return found;
}

/**
 * The first line of an attribution whose last line is this one: the shortest in a known language; in another one the
 * longest that begins with a line that may be a part of it.
 */
function attributionEndingAt(lines: readonly string[], end: number, formats: MailFormats): number | undefined {
  if (isMarked(lines[end]!) || !/[:：-]\s*$/.test(lines[end]!)) return undefined;
  let likely: number | undefined;
  for (let start = end; start > end - longestAttribution && hasText(lines[start] ?? ''); start--) {
    const whole = lines.slice(start, end + 1).map((line) => line.trim());
    const attribution = formats.attribution(whole.join(' '));
    if (attribution === 'certain') return start;
    if (attribution === 'likely' && mayBegin(lines[start]!, lines[start + 1])) likely = start;
  }
  return likely;
}

/** Whether an attribution may begin with this line: with a date or an address, or with the name before an address. */
function mayBegin(line: string, next = ''): boolean {
  return /[\d<]/.test(line) || next.startsWith('<');
}

/** Whether another mail's head begins in this line: three lines such as `From: …`, at least. */
function isHeadAt(lines: readonly string[], place: number, { isOldHead }: MailFormats): boolean {
  const head = lines.slice(place, place + longestHead);
  const end = head.findIndex((line) => !hasText(line));
  const fields = end === -1 ? head : head.slice(0, end);
  const isField = (line: string): boolean => /^[\s*]{0,3}\p{L}[^:：]{0,20}[:：]/u.test(line);
  return fields.length >= 3 && fields.slice(0, 3).every(isField) && isOldHead(fields);
}

/** Without the signature at its end. */
function unsigned(lines: readonly string[], { isSignature }: MailFormats): readonly string[] {
  const separator = lines.indexOf('-- '); // RFC 3676, section 4.3
  if (separator !== -1) return lines.slice(0, separator);
  const end = lines.findLastIndex(hasText) + 1;
  const from = Math.max(0, end - longestSignature);
  const start = lines.slice(from, end).findIndex((line) => hasText(line) && isSignature(line));
  return start === -1 ? lines : lines.slice(0, from + start);
}

/** The same formats, for lines of a usual length, and for a limited number of questions. */
function withinReason(formats: MailFormats): MailFormats {
  let questions = 0;
  const isReasonable = (...lines: readonly string[]): boolean =>
    lines.every(({ length }) => length <= longestLine) && questions++ < mostQuestions;
  return {
    ...formats,
    attribution: (line) => (isReasonable(line) ? formats.attribution(line) : undefined),
    isOldHead: (lines) => isReasonable(...lines) && formats.isOldHead(lines),
    isSignature: (line) => isReasonable(line) && formats.isSignature(line),
  };
}

function isMarked(line: string): boolean {
  return line.startsWith('>');
}

function hasText(line: string): boolean {
  return line.trim() !== '';
}
