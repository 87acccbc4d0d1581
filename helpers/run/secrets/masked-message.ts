import { maskBytes } from './files.ts';
import type { Masker } from './masker.ts';

/** Properties that identify things, and stay as they are. */
const isReference = (name: string): boolean => /^(?:path|file|.*Id)$/.test(name);
/** Properties that contain bytes in base64. */
const isBytes = (name: string): boolean => /^(?:body|buffer|base64)$/.test(name);

/** A copy of a JSON message with all secrets in its texts masked; paths and ids stay as they are. */
export function maskMessage<Message>(message: Message, masker: Masker): Message {
  return masked(message, '', masker) as Message;
}

function masked(value: unknown, name: string, masker: Masker): unknown {
  if (typeof value === 'string')
    return isReference(name) ? value : isBytes(name) ? maskedBytes(value, masker) : masker.text(value);
  if (Array.isArray(value)) return value.map((each) => masked(each, name, masker));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, masked(each, key, masker)]));
}

function maskedBytes(base64: string, masker: Masker): string {
  const without = maskBytes(Buffer.from(base64, 'base64'), masker);
  return without === undefined ? base64 : Buffer.from(without).toString('base64');
}
