import { attribute, schemaOf, serveProvider } from '../../../../terraform/server/index.ts';
import type { Run } from '../../../kernel/process.ts';
import { misbehave } from './handshakes.ts';
import { Probe } from './probe.ts';
import { taskOf } from './task.ts';

const configuration = schemaOf(
  0,
  attribute('marker', 'string', 'optional', { description: 'Reported by each apply, at its start and at its end.' }),
  attribute('settings', ['map', 'string'], 'optional', { description: 'Reported as the marker is.' }),
  attribute('secret', 'string', 'optional', { sensitive: true, description: 'Reported as a sensitive value.' }),
  attribute('ledger', 'string', 'optional', { description: 'The folder for the effects: a file a task.' }),
);

/** A provider that reports the conditions it works in, and does on request what a provider should not do. */
export const run: Run = async () => {
  if (misbehave(process.env['PROBE_HANDSHAKE'])) return;
  const probe = new Probe();
  await serveProvider({
    schema: configuration,
    configure: (config) => probe.configure(config),
    resources: { probe_task: taskOf(probe) },
  });
};
