import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs, { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { faultsOf, type Fault } from '../fault.ts';

const fault = faultsOf('sessions');

const own = 'helpers/platform/sessions/workspace/workspace.test.ts';

// A container's promises: it carries out instructions completely, for its user only, in the workspace only.

export const containersAnswerAnybody = fault(
  'door',
  'a container answers only Hermes and the router',
  () => ({ isOpenTo: () => true }),
  'doors.spec.ts › a container refuses requests that bypass the router',
);

export const secondInitRebindsThePort = together(
  fault(
    'admission',
    'a session that is opened twice is open',
    () => ({ admit: () => 'first' }),
    'routing.spec.ts › an open page receives live updates, even after a second activation',
  ),
  fault(
    'developmentServer',
    'live updates have one port',
    (server) => {
      let port = 0;
      return {
        ...server,
        async start(options) {
          const listening = createServer().listen(port, '127.0.0.1');
          await once(listening, 'listening');
          ({ port } = listening.address() as AddressInfo);
          return server.start(options);
        },
      };
    },
    'routing.spec.ts › an open page receives live updates, even after a second activation',
  ),
);

export const quotesBreakCommits = fault(
  'repositories',
  'what is reported as done is committed, whatever the instruction says',
  (repositories) => ({
    async open(options) {
      const repository = await repositories.open(options);
      return {
        ...repository,
        commit: (message, files) => (/["'`$]/.test(message) ? repository.head() : repository.commit(message, files)),
      };
    },
  }),
  'instructions.spec.ts › a title with double quotes is treated as text',
);

export const instructionsGoThroughAShell = fault(
  'editor',
  'an instruction is never executed',
  (editor) => ({
    understand(instruction) {
      spawnSync('sh', ['-c', `: "${instruction}"`]);
      return editor.understand(instruction);
    },
  }),
  'instructions.spec.ts › a title with a command in $() is treated as text',
);

export const longInstructionsAreCutOff = fault(
  'editor',
  'an instruction is carried out completely or refused',
  (editor) => ({
    understand: (instruction) =>
      editor.understand(
        instruction.length > 10_000 ? `${instruction.slice(0, 10_000)}${instruction.slice(-30)}` : instruction,
      ),
  }),
  "instructions.spec.ts › an instruction's length is limited › the longest allowed instruction is carried out",
);

export const interruptedWorkIsNotCommitted = fault(
  'editor',
  'work done before an interruption is committed',
  (editor) => ({
    async carryOut(action, site, pace, signal) {
      const outcome = await editor.carryOut(action, site, pace, signal);
      return outcome.interrupted ? { ...outcome, files: [] } : outcome;
    },
  }),
  'workspaces.spec.ts › work done before an interruption is committed',
);

export const whatAKilledContainerLeftIsLost = fault(
  'repositories',
  'work of a killed container is committed by the next one',
  (repositories) => ({
    async open(options) {
      const { folder: dir } = options;
      const { default: git } = await import('isomorphic-git'); // large, and every fault's worker loads this file
      const rows = existsSync(path.join(dir, '.git')) ? await git.statusMatrix({ fs, dir }) : [];
      for (const [file, head] of rows) if (head === 0) await rm(path.join(dir, file));
      return repositories.open(options);
    },
  }),
  'workspaces.spec.ts › work of a killed container is committed by the next one',
);

export const usersShareAWorkspace = fault(
  'volume',
  'each user has a workspace of its own',
  (volume) => ({ pathOf: (clientId) => volume.pathOf(clientId, 'everybody') }),
  'workspaces.spec.ts › workspaces are per user › two users of one client have separate workspaces and pages',
);

export const containersWorkForAnybody = fault(
  'admission',
  'a container works only for its user',
  () => ({ mayInstruct: () => true }),
  'workspaces.spec.ts › workspaces are per user › a container works for its own user only',
);

export const previewShowsAnyFile = fault(
  'developmentServer',
  'a preview serves no file outside its site',
  (server) => ({
    async start(options) {
      const preview = await server.start(options);
      return {
        ...preview,
        async handle(request, response) {
          const [, file] = /\/@fs(\/[^?]+)/.exec(request.url!) ?? [];
          if (file === undefined) await preview.handle(request, response);
          else response.end(await readFile(file));
        },
      };
    },
  }),
  'routing.spec.ts › crafted addresses › a file outside the site is not served',
);

export const liveUpdatesAreRefused = fault(
  'developmentServer',
  'an open page receives updates',
  (server) => ({ start: async (options) => ({ ...(await server.start(options)), upgrade: () => false }) }),
  'routing.spec.ts › an open page receives live updates, even after a second activation',
);

export const commitsForgetTheirInstruction = fault(
  'commitMessages',
  'an instruction that comes again is carried out once, even by another container',
  (messages) => ({ compose: (text, facts) => messages.compose(text, { ...facts, instructionId: undefined }) }),
  `${own} › a repeated instruction is carried out once, even by the next container`,
);

/** Combines two decorated parts into one fault. */
function together(first: Fault<'sessions'>, second: Fault<'sessions'>): Fault<'sessions'> {
  return { ...first, inject: (parts) => second.inject(first.inject(parts)) };
}
