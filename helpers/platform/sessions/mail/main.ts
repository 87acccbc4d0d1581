import { runProcess } from '../../kernel/process.ts';
import { openPool } from '../../kernel/store/database.ts';
import { deliveryOf } from './delivery.ts';
import { mailParts } from './parts.ts';
import { MailReceiver } from './receiver.ts';

const connections = 5;

void runProcess('sessions', mailParts, async ({ port }, context) => {
  const receiver = await MailReceiver.open(
    deliveryOf(context, openPool(context.configuration.postgres, connections)),
    port,
    context.configuration.times.mail,
  );
  return receiver.port;
});
