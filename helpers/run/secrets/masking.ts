import { maskFolder } from './files.ts';
import { maskerFor } from './masker.ts';
import type { SecretParts } from './parts.ts';

/** Masks the secrets of one environment in what a process writes and sends. */
export interface Masking {
  text(text: string): string;
  message<Message>(message: Message): Message;
  /** A file's content with its secrets masked; undefined when it has none or does not exist. */
  copyOf(file: string): Uint8Array | undefined;
  /** Masks all files below a folder, except those that `isLeft` names. */
  folder(folder: string, isLeft?: (name: string) => boolean): void;
  /** The same error, with the secrets in its message, stack and causes masked. */
  error(error: unknown): unknown;
}

/** Undefined when the environment holds no secret; then no text is searched. */
export function openMasking(
  environment: Readonly<Record<string, string | undefined>>,
  parts: SecretParts,
): Masking | undefined {
  const masker = maskerFor(parts.secretsIn(environment), parts.forms);
  if (masker === undefined) return undefined;
  const text = (whole: string): string => parts.maskText(whole, masker.text);
  return {
    text,
    message: (message) => parts.maskMessage(message, masker),
    copyOf: (file) => parts.maskedCopy(file, masker),
    folder: (folder, isLeft) => maskFolder(folder, (file) => parts.maskedCopy(file, masker), isLeft),
    error: (error) => withoutSecrets(error, masker.text),
  };
}

/** Causes are masked as well, since they are printed with the error. */
function withoutSecrets(error: unknown, mask: (text: string) => string): unknown {
  if (typeof error === 'string') return mask(error);
  if (!(error instanceof Error)) return error;
  const { stack } = error;
  error.message = mask(error.message);
  if (stack !== undefined) error.stack = mask(stack);
  if (error.cause !== undefined) error.cause = withoutSecrets(error.cause, mask);
  return error;
}
