import { CloudError } from '../errors.ts';

/** @throws CloudError when a value is none of an enumeration's; undefined is fine. */
export function checkEnum(member: string, value: string | undefined, allowed: Readonly<Record<string, string>>): void {
  if (value === undefined || Object.values(allowed).includes(value)) return;
  throw CloudError.invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${Object.values(allowed).join(', ')}]`,
  );
}
