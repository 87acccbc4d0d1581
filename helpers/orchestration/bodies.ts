/** Data as a store keeps it: JSON text, which may be damaged. */
export const encode = (data: unknown): string => JSON.stringify(data ?? null);

/** Collects what could not be decoded. */
export class Decoder {
  damage: string | undefined;

  /** The data, or undefined when it cannot be decoded; a stored null stands for data that was not given. */
  decode(text: string, what: string): unknown {
    try {
      return (JSON.parse(text) as unknown) ?? undefined;
    } catch {
      this.damage ??= `${what} cannot be decoded: ${text}`;
      return undefined;
    }
  }
}

/** The object without the keys whose values are undefined or null. */
export function compact<T extends object>(fields: { [Key in keyof T]: T[Key] | null | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)) as T;
}
