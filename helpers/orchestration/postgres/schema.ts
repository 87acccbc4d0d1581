import { readFileSync } from 'node:fs';

/** The tables and functions of the store. */
export const postgresSchema = readFileSync(new URL('schema.sql', import.meta.url), 'utf8');
