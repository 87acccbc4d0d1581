import { maskFolder } from './files.ts';
import { maskerFor } from './masker.ts';
import type { SecretParts } from './parts.ts';

/** Keeps the secrets of one environment out of what a process writes and sends. */
export interface Masking {
  text(text: string): string;
  message<Message>(message: Message): Message;
  /** What a file would be without secrets; undefined where it has none, or is not there. */
  copyOf(file: string): Uint8Array | undefined;
  /** Takes secrets out of all files below, but for what `isLeft` names. */
  folder(folder: string, isLeft?: (name: string) => boolean): void;
  /** The same error, without secrets in what it says. */
  error(error: unknown): unknown;
}

/** Undefined where the environment holds no secret: then nothing is looked at. */
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

/** Causes are printed with it. */
function withoutSecrets(error: unknown, mask: (text: string) => string): unknown {
  if (typeof error === 'string') return mask(error);
  if (!(error instanceof Error)) return error;
  const { stack } = error;
  error.message = mask(error.message);
  if (stack !== undefined) error.stack = mask(stack);
  if (error.cause !== undefined) error.cause = withoutSecrets(error.cause, mask);
  return error;
}
