import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';

const lowest = 20_000;
const attempts = 50;

/**
 * A free port, below those that the system gives to outgoing connections, so that none of these takes it while the
 * service is away.
 */
export async function freePort(): Promise<number> {
  const end = Math.max(firstPortOfSystem(), lowest + attempts);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = await tryPort(randomInt(lowest, end));
    if (port !== undefined) return port;
  }
  return (await tryPort(0))!;
}

/** The first port of outgoing connections: `ip(7)`, ip_local_port_range; the default of IANA elsewhere. */
export function firstPortOfSystem(): number {
  try {
    return Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
  } catch {
    return 49_152;
  }
}

/** Returns the port when it is free, and for 0 one that the system chooses. */
export async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    await once(server.listen(port), 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

const loopbacks = ['127.0.0.1', '::1'] as const;
/** Milliseconds for a connection on this machine. */
const patience = 2_000;

/** The address of this machine at which something listens on a port: `localhost` is either, as Node finds it. */
export async function listenerOn(port: number): Promise<string | undefined> {
  for (const host of loopbacks) if (await listensAt(host, port)) return host;
  return undefined;
}

async function listensAt(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: patience });
  try {
    return await new Promise<boolean>((resolve) => {
      socket
        .once('connect', () => resolve(true))
        .once('timeout', () => resolve(false))
        .once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
