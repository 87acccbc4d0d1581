import type { SessionConfiguration } from '../configuration.ts';
import { type Run, runProcess } from '../../kernel/process.ts';
import { openPool } from '../../kernel/store/database.ts';
import { Listener } from '../../kernel/store/listener.ts';
import { Reconciler } from '../../kernel/reconciler.ts';
import { SessionReconciler } from './session-reconciler.ts';
import type { HermesContext } from './context.ts';
import { InstructionWorker } from './instructions.ts';
import { type HermesParts, hermesParts } from './parts.ts';
import { serveHermes } from './hermes-server.ts';

/** Connections to the state for the API, the reconciler and waiting instructions. */
const connections = 10;
/** Milliseconds for an answer of the state; a pass retries by itself. */
const patience = 15_000;

export const run: Run = (decorate) =>
  runProcess<SessionConfiguration, HermesParts>('sessions', hermesParts, decorate, async ({ port }, context) => {
    const { configuration, parts } = context;
    const hermes: HermesContext = {
      ...context,
      pool: openPool(configuration.postgres, connections, { answer: patience }),
      workspaces: parts.workspaces(configuration.cloud),
      mail: parts.mailSender(configuration.mail.relay),
    };
    const caretaker = new SessionReconciler(hermes);
    const worker = new InstructionWorker(hermes);
    const { times } = configuration;
    const reconcilers = [
      new Reconciler(() => caretaker.look(), times.look, times.rest),
      new Reconciler(() => worker.look(), times.rest),
    ];
    await new Listener(configuration.postgres, ['sessions', 'messages'], () => {
      for (const reconciler of reconcilers) reconciler.wake();
    }).open();
    return serveHermes(hermes, port);
  });
