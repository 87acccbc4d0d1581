import type { Diagnostic } from '../provider.ts';
import { type AttributePath, type DiagnosticMessage, severities } from './messages.ts';

export function readDiagnostics(messages: readonly DiagnosticMessage[]): Diagnostic[] {
  return messages.map(({ severity, summary = '', detail = '', attribute }) => ({
    severity: severity === severities.warning ? 'warning' : 'error', // an invalid one is not to be overlooked
    summary,
    detail,
    attribute: attribute === undefined ? undefined : readPath(attribute),
  }));
}

export function writeDiagnostic({ severity, summary, detail, attribute }: Diagnostic): DiagnosticMessage {
  return {
    severity: severities[severity],
    summary,
    detail,
    ...(attribute === undefined ? {} : { attribute: writePath(attribute) }),
  };
}

/** Such as `keepers.color` or `list.0`. */
export function readPath({ steps = [] }: AttributePath): string {
  return steps.map(({ attribute, key, index }) => attribute ?? key ?? index ?? '').join('.');
}

/** Of an attribute, and of a key in it. */
export function writePath(path: string): AttributePath {
  const [attribute = '', ...keys] = path.split('.');
  return { steps: [{ attribute }, ...keys.map((key) => ({ key }))] };
}

/** As one sentence after another. */
export function describe(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ summary, detail, attribute }) => {
      const text = detail === '' || detail === summary ? summary : `${summary}: ${detail}`;
      return (attribute === undefined || attribute === '' ? text : `${attribute}: ${text}`).replaceAll(/\s+/g, ' ');
    })
    .join('; ');
}
