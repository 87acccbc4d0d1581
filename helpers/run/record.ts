import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { identify, isSameProcess, type ProcessIdentity, stopGroup, stopProcess } from './processes/index.ts';

const identity = z.object({ pid: z.number().int().positive(), start: z.string() });
const schema = identity.extend({ owner: identity, group: z.boolean().optional() });

/** The record of a process that a run has started. */
export interface ProcessRecord extends ProcessIdentity {
  /** The process that has recorded it. */
  readonly owner: ProcessIdentity;
  /** Whether it leads a group that ends with it. */
  readonly group?: boolean | undefined;
}

/** The record for a process that this one started; undefined when it has ended. */
export function recordOf(pid: number, group?: boolean): ProcessRecord | undefined {
  const [recorded, owner] = [identify(pid), identify(process.pid)];
  return recorded === undefined || owner === undefined ? undefined : { ...recorded, owner, group };
}

/** Ends a recorded process, with its group if it leads one, as {@link stopProcess} does. */
export function stopRecorded({ pid, group }: ProcessRecord, signal: NodeJS.Signals): Promise<void> {
  return group === true ? stopGroup(pid, signal) : stopProcess(pid, signal);
}

/** Reads a record; undefined when the file is missing, malformed, or belongs to another user. */
export function readRecord(file: string): ProcessRecord | undefined {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = fstatSync(descriptor);
      if (!stat.isFile() || (process.getuid !== undefined && stat.uid !== process.getuid())) return undefined;
      return schema.parse(JSON.parse(readFileSync(descriptor, 'utf8')));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** Decides which recorded processes still exist. */
export interface ProcessOwnership {
  /** Whether a process that the run in `folder` has recorded still exists under its id. */
  isSame(process: ProcessIdentity, folder: string): boolean;
}

export const processOwnership: ProcessOwnership = { isSame: isSameProcess };
