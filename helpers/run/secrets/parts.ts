import { secretsIn } from './environment.ts';
import { maskedCopy } from './files.ts';
import { maskingForms, type MaskingForms } from './masker.ts';
import { maskMessage } from './masked-message.ts';

/**
 * What keeps secrets out of a run's output; each part keeps a promise, and a fault (`helpers/faults/secrets.ts`) breaks
 * it.
 */
export interface SecretParts {
  readonly secretsIn: typeof secretsIn;
  readonly forms: MaskingForms;
  /** Of what a terminal shows. */
  readonly maskText: (text: string, mask: (text: string) => string) => string;
  /** Of what a worker tells: errors, steps, attachments, output. */
  readonly maskMessage: typeof maskMessage;
  /** Of files: traces, attachments, journals. */
  readonly maskedCopy: typeof maskedCopy;
}

export const secretParts: SecretParts = {
  secretsIn,
  forms: maskingForms,
  maskText: (text, mask) => mask(text),
  maskMessage,
  maskedCopy,
};
