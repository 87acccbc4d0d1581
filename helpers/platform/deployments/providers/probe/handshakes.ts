import { setTimeout as delay } from 'node:timers/promises';

/** Handshakes as they should not be, by the environment's `PROBE_HANDSHAKE`. */
const handshakes: Readonly<Record<string, () => void>> = {
  dies: () => {
    process.stderr.write('The probe was told to die in its handshake.\n');
    process.exit(3);
  },
  hangs: () => void delay(2 ** 31 - 1),
  'is no handshake': () => print('Hello, world'),
  'is of version 4': () => print('1|4|unix|/nowhere|grpc|'),
  'is without TLS': () => delete process.env['PLUGIN_CLIENT_CERT'],
};

/** Whether this process does nothing else. */
export function misbehave(handshake: string | undefined): boolean {
  if (handshake === undefined) return false;
  const shake = handshakes[handshake];
  if (shake === undefined) throw new Error(`PROBE_HANDSHAKE has to be one of: ${Object.keys(handshakes).join(', ')}.`);
  shake();
  return handshake !== 'is without TLS';
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
  void delay(2 ** 31 - 1);
}
