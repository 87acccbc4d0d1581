import type { Secret } from './environment.ts';

/** A terminal colour, plain or as escaped in JSON: a comparison of two texts colours parts of words. */
const colours = String.raw`(?:(?:\x1b|\\+u001[bB])\[[\d;]*m)*`;

/** Fewer characters of a secret are not masked, since they reveal nothing. */
const shortestCut = 6;

const namedEntities: Readonly<Record<string, string>> = { '"': 'quot', "'": 'apos', '&': 'amp', '<': 'lt', '>': 'gt' };

/**
 * The source of a regular expression for a text in every form in which a report contains it: plain, encoded for URL,
 * JSON, HTML, XML or SQL, in combinations of these, and coloured.
 */
export function writtenForms(text: string): string {
  return Array.from(text, formsOfCharacter).join(colours);
}

/** Matches the beginning of a secret at the end of a text that was cut off, such as a subject. */
export function cutForm(text: string): string {
  const characters = Array.from(text, formsOfCharacter);
  const rest = characters.slice(shortestCut).reduceRight((tail, character) => `(?:${colours}${character}${tail})?`, '');
  return String.raw`${characters.slice(0, shortestCut).join(colours)}${rest}(?=\s*(?:…|\.\.\.|["'<\\]|$))`;
}

function formsOfCharacter(character: string): string {
  if (/\w/.test(character)) return character;
  const bytes = Buffer.from(character);
  const percent = [...bytes].map((byte) => `%(?:25)*${hexadecimal(byte, 2)}`).join('');
  const inCode = character
    .split('')
    .map((unit) => String.raw`\\+(?:u${hexadecimal(unit.charCodeAt(0), 4)}|x${hexadecimal(unit.charCodeAt(0), 2)})`)
    .join('');
  const codePoint = character.codePointAt(0)!;
  const names = [
    `#0*${codePoint}`,
    `#[xX]0*${hexadecimal(codePoint, 1)}`,
    ...(namedEntities[character] === undefined ? [] : [namedEntities[character]]),
  ];
  const forms = [percent, inCode, String.raw`\\*&(?:amp;)*(?:${names.join('|')});`, asItIs(character)];
  const utf8 = bytes.toString('latin1'); // files are read as latin1, since they may hold any bytes
  if (utf8 !== character) forms.push(escaped(utf8));
  return `(?:${forms.join('|')})`;
}

function asItIs(character: string): string {
  if (character === '\\') return String.raw`\\+`;
  if (character === '\n') return String.raw`(?:\\+r)?\\+n|\r?\n`;
  if (character === ' ') return String.raw`[ +]`;
  if (character === '"' || character === "'") return String.raw`\\*${character}{1,2}`; // doubled in SQL
  return String.raw`\\*${escaped(character)}`;
}

/** The forms of a text in base64, alone or within another text: without characters that depend on neighbours. */
export function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const forms = [0, 1, 2].map((offset) => {
    const all = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return all.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return [...new Set(forms)].map(base64Source);
}

/** The form of a user and password in HTTP's basic authentication. */
export function basicForm({ user = '', value }: Secret): string {
  return `${base64Source(Buffer.from(`${user}:${value}`).toString('base64').replace(/=+$/, ''))}={0,2}`;
}

/** Matches the standard and the URL-safe alphabet. */
function base64Source(text: string): string {
  return text.replaceAll(/[+/]/g, (character) => (character === '+' ? '[+-]' : '[/_]'));
}

/** A signed JSON Web Token; the signature follows the first group, and without it the token is useless. */
export const signedTokenSource = tokenSource();

function tokenSource(): string {
  const colour = colours.replace(/\*$/, '');
  const part = (least: string): string => String.raw`(?:[\w-]|${colour})${least}`;
  return String.raw`(eyJ${part('+')}\.${colours}eyJ${part('+')}\.)${part('{16,}')}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function hexadecimal(value: number, digits: number): string {
  return value
    .toString(16)
    .padStart(digits, '0')
    .replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
