import type { Secret, Secrets } from './environment.ts';
import { base64Forms, basicForm, cutForm, signedTokenSource, writtenForms } from './forms.ts';

/** Replaces a secret. */
export const mask = '***';

/** Masks secrets in everything that leaves a run. */
export interface Masker {
  /** The text with its secrets masked. Bytes can be passed as `latin1`. */
  text(text: string): string;
}

type Replace = (text: string) => string;

/** The forms in which secrets are recognized; a fault replaces one of them. */
export interface MaskingForms {
  readonly written: (text: string) => string;
  readonly cut: (text: string) => string;
  readonly base64: (text: string) => string[];
  readonly signedToken: string;
}

export const maskingForms: MaskingForms = {
  written: writtenForms,
  cut: cutForm,
  base64: base64Forms,
  signedToken: signedTokenSource,
};

/** A masker for these secrets; undefined when there are none. Costs some 0.1 ms for each secret. */
export function maskerFor({ values, signsTokens }: Secrets, forms: MaskingForms = maskingForms): Masker | undefined {
  const replacements = [
    ...(signsTokens ? [replaceSignature(forms)] : []),
    ...replaceEverywhere(values, forms),
    ...replaceAsPassword(values, forms),
  ];
  if (replacements.length === 0) return undefined;
  return { text: (text) => replacements.reduce((masked, replace) => replace(masked), text) };
}

function replaceSignature({ signedToken }: MaskingForms): Replace {
  const token = new RegExp(signedToken, 'g');
  return (text) => (text.includes('eyJ') ? text.replaceAll(token, `$1${mask}`) : text);
}

/** Longest first, since one secret may contain another; beginnings last, since a whole secret may contain them. */
function replaceEverywhere(values: readonly Secret[], forms: MaskingForms): Replace[] {
  const distinctive = values.filter(({ isCommon }) => !isCommon).map(({ value }) => value);
  const users = values.filter(({ isCommon, user }) => isCommon && user !== undefined);
  const whole = [
    ...distinctive.flatMap((value) => [forms.written(value), ...forms.base64(value)]),
    ...users.map((secret) => basicForm(secret)),
  ];
  const sources = [...longestFirst(whole), ...longestFirst(distinctive.map((value) => forms.cut(value)))];
  if (sources.length === 0) return [];
  const anySecret = new RegExp(sources.join('|'), 'gm');
  return [(text) => text.replaceAll(anySecret, mask)];
}

function longestFirst(sources: readonly string[]): string[] {
  return sources.toSorted((a, b) => b.length - a.length);
}

/** Masks a common word only in the position of a password: in a URL, or after a name such as `password`. */
function replaceAsPassword(values: readonly Secret[], forms: MaskingForms): Replace[] {
  const common = values.filter(({ isCommon }) => isCommon).map(({ value }) => forms.written(value));
  if (common.length === 0) return [];
  const word = `(?:${longestFirst(common).join('|')})`;
  const inUrl = new RegExp(String.raw`(:(?:\/|\\\/){2}[^\s/@:"']*:)${word}(?=@)`, 'g');
  const named = new RegExp(
    String.raw`((?:pass(?:word|wd|phrase)?|pwd|secret|token|key)(?:[\\"']|&quot;)*\s*[:=]\s*(?:[\\"']|&quot;)*)${word}(?!\w)`,
    'gi',
  );
  return [(text) => text.replaceAll(inUrl, `$1${mask}`).replaceAll(named, `$1${mask}`)];
}
