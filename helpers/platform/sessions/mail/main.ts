import type { SessionConfiguration } from '../configuration.ts';
import { type Run, runProcess } from '../../kernel/process.ts';
import { openPool } from '../../kernel/store/database.ts';
import { deliveryOf } from './delivery.ts';
import { type MailParts, mailParts } from './parts.ts';
import { MailReceiver } from './receiver.ts';

const connections = 5;

export const run: Run = (decorate) =>
  runProcess<SessionConfiguration, MailParts>('sessions', mailParts, decorate, async ({ port }, context) => {
    const receiver = await MailReceiver.open(
      deliveryOf(context, openPool(context.configuration.postgres, connections)),
      port,
      context.configuration.times.mail,
    );
    return receiver.port;
  });
