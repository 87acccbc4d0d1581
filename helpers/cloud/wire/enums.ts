import { CloudError } from '../errors.ts';

/** @throws CloudError when a value does not belong to its enumeration; undefined is accepted. */
export function checkEnum(member: string, value: string | undefined, allowed: Readonly<Record<string, string>>): void {
  if (value === undefined || Object.values(allowed).includes(value)) return;
  throw CloudError.invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${Object.values(allowed).join(', ')}]`,
  );
}
