import { expect, test } from '@playwright/test';
import { type Closable, Shared } from './shared.ts';

/** Something shared, which is closed when a test lets the moment pass. */
class Servers {
  readonly calls: string[] = [];
  readonly #due = new Set<() => void>();
  #opened = 0;
  #failure: Error | undefined;
  readonly #shared = new Shared(
    () => {
      const name = `server ${++this.#opened}`;
      this.calls.push(`${name} opens`);
      const close = async (): Promise<void> => {
        this.calls.push(`${name} closes`);
        if (this.#failure !== undefined) throw this.#failure;
      };
      return Promise.resolve({ name, [Symbol.asyncDispose]: close });
    },
    {
      later: (close) => {
        this.#due.add(close);
        return () => this.#due.delete(close);
      },
      failed: (error) => this.calls.push(String(error)),
    },
  );

  lend(failure?: Error): Promise<{ server: string } & Closable> {
    return this.#shared.lend(async ({ name }) => {
      if (failure !== undefined) throw failure;
      return { lent: { server: name }, end: async () => {} };
    });
  }

  /** Lets the moment pass after which closing is due. */
  async pass(): Promise<void> {
    for (const close of this.#due) close();
    this.#due.clear();
    await new Promise(setImmediate);
  }

  failToClose(failure: Error | undefined): void {
    this.#failure = failure;
  }
}

test('what is shared closes once, a moment after its last user', async () => {
  const servers = new Servers();
  const [one, other] = [await servers.lend(), await servers.lend()];

  await one.close();
  await one.close();
  await one[Symbol.asyncDispose]();
  await servers.pass();
  expect(servers.calls, 'one still uses it').toEqual(['server 1 opens']);

  await other.close();
  expect(servers.calls, 'the moment is not over').toEqual(['server 1 opens']);
  await servers.pass();
  await servers.pass();
  expect(servers.calls).toEqual(['server 1 opens', 'server 1 closes']);
});

test('what is shared stays open for who wants it within that moment', async () => {
  const servers = new Servers();
  await (await servers.lend()).close();
  const next = await servers.lend();
  await servers.pass();
  expect(servers.calls).toEqual(['server 1 opens']);

  await next.close();
  await servers.pass();
  expect(servers.calls).toEqual(['server 1 opens', 'server 1 closes']);
});

test('what could not be closed is reported once, and opened anew', async () => {
  const servers = new Servers();
  servers.failToClose(new Error('It does not end.'));
  await (await servers.lend()).close();
  await servers.pass();
  servers.failToClose(undefined);

  await using next = await servers.lend();
  expect(next.server).toBe('server 2');
  expect(servers.calls).toEqual(['server 1 opens', 'server 1 closes', 'Error: It does not end.', 'server 2 opens']);
});

test('a loan that fails does not keep open what is shared', async () => {
  const servers = new Servers();
  await expect(servers.lend(new Error('no room'))).rejects.toThrow('no room');
  await servers.pass();
  expect(servers.calls).toEqual(['server 1 opens', 'server 1 closes']);
});
