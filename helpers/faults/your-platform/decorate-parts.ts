import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Fault } from '../fault.ts';
import * as faults from '../your-platform.ts';
import { partsOf, type TrackerParts } from './parts.ts';

// Runs in a service's process, before the service: modules exist once, so the service gets the parts as changed here.
const fault = (faults as unknown as Readonly<Record<string, Fault<'your-platform'> | undefined>>)[
  process.env['PROVING_GROUND_FAULT'] ?? ''
];
if (fault !== undefined) await decorate(fault);

async function decorate({ inject }: Fault<'your-platform'>): Promise<void> {
  const entry = process.argv[1]!;
  const parts: Record<string, Record<string, unknown>> = {};
  for (const [name, file] of Object.entries(partsOf[path.basename(entry)] ?? {})) {
    const found = (await import(pathToFileURL(path.resolve(entry, '..', file)).href)) as Record<string, object>;
    parts[name] = found[name] as Record<string, unknown>;
  }
  // Copies, since what a fault calls is the part as it was.
  const originals = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { ...part }]));
  const changed = inject(originals as unknown as TrackerParts);
  for (const [name, part] of Object.entries(parts)) Object.assign(part, changed[name as keyof TrackerParts]);
}
