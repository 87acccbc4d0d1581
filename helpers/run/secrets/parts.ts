import { secretsIn } from './environment.ts';
import { maskedCopy } from './files.ts';
import { maskingForms, type MaskingForms } from './masker.ts';
import { maskMessage } from './masked-message.ts';

/** The parts that keep secrets out of a run's output; a fault (`helpers/faults/secrets.ts`) breaks one. */
export interface SecretParts {
  readonly secretsIn: typeof secretsIn;
  readonly forms: MaskingForms;
  /** Masks terminal output. */
  readonly maskText: (text: string, mask: (text: string) => string) => string;
  /** Masks a worker's messages: errors, steps, attachments, output. */
  readonly maskMessage: typeof maskMessage;
  /** Masks files: traces, attachments, journals. */
  readonly maskedCopy: typeof maskedCopy;
}

export const secretParts: SecretParts = {
  secretsIn,
  forms: maskingForms,
  maskText: (text, mask) => mask(text),
  maskMessage,
  maskedCopy,
};
