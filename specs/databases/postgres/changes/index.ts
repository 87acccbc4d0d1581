import { changesOfCode } from './of-code.ts';
import { changesOfDatabases } from './of-databases.ts';
import { changesOfTables } from './of-tables.ts';

export interface DefinitionChange {
  readonly what: string;
  readonly given: string;
  readonly sql: string;
}

/** Every kind of change that a server of this version knows. */
export function definitionChanges(version: number): DefinitionChange[] {
  return [changesOfTables, changesOfCode, changesOfDatabases]
    .flatMap((groups) => Object.values(groups))
    .filter(({ since = 0 }) => version >= since)
    .flatMap(({ given, changes }) => Object.entries(changes).map(([what, sql]) => ({ what, given, sql })));
}
