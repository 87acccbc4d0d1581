import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, systemClock } from '../../../lib/clock.ts';
import { type WorkspaceOwner, admission } from './workspace-owner.ts';
import { type Editor, editor, type Pace } from './editor/index.ts';
import { type Door, door } from './key.ts';
import { type CommitMessages, commitMessages } from './message.ts';
import { type Volume, volume } from './paths.ts';
import { type DevelopmentServer, developmentServer } from './preview/index.ts';
import { type Repositories, repositories } from './repository.ts';

/** The parts of a workspace container. */
export interface WorkspaceParts {
  readonly clock: Clock;
  readonly pace: Pace;
  /** Decides which requests are accepted. */
  readonly door: Door;
  readonly volume: Volume;
  readonly admission: WorkspaceOwner;
  readonly editor: Editor;
  readonly commitMessages: CommitMessages;
  readonly repositories: Repositories;
  readonly developmentServer: DevelopmentServer;
}

/** Milliseconds between two of many pages, so that it takes time, as real edits do. */
export const defaultPace = 100;

/** @param milliseconds to wait between two steps of an instruction. */
export function paceOf(milliseconds: number): Pace {
  return { rest: (signal) => delay(milliseconds, undefined, { signal }).catch(() => undefined) };
}

export const workspaceParts: WorkspaceParts = {
  clock: systemClock,
  pace: paceOf(defaultPace),
  door,
  volume,
  admission,
  editor,
  commitMessages,
  repositories,
  developmentServer,
};
