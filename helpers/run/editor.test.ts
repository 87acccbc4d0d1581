import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { expect, imports, test } from '../testing/index.ts';

/** A spec in which so many users are expected; with `hangs`, one that does not end. */
const spec = (users: number, hangs = false): string => `${imports}
  test('users', async ({ postgres }) => {
    await expect(postgres).toHaveRows('users', ${users});
    ${hangs ? "console.log('state=under way'); await new Promise(() => {});" : ''}
  });
`;

/** What the extension of VS Code, and UI mode, say to Playwright. */
class Editor implements AsyncDisposable {
  readonly #socket: WebSocket;
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async connect(url: string): Promise<Editor> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const editor = new Editor(socket);
    await editor.call('initialize', { interceptStdio: false, closeOnDisconnect: true });
    return editor;
  }

  /** Calls a method of the server, and returns the status that it ends with. */
  call(method: string, params: object = {}): Promise<string | undefined> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      const answered = (data: Buffer): void => {
        const answer = JSON.parse(data.toString()) as { id?: number; result?: { status?: string }; error?: unknown };
        if (answer.id !== id) return;
        this.#socket.off('message', answered);
        if (answer.error === undefined) resolve(answer.result?.status);
        else reject(new Error(JSON.stringify(answer.error)));
      };
      this.#socket.on('message', answered);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

test('reruns, edits and stops in an editor leave nothing behind', async ({ startInlineTest, root }, testInfo) => {
  const server = startInlineTest({ 'a.spec.ts': spec(3) }, { command: 'test-server' });
  const edit = (text: string): void => writeFileSync(testInfo.outputPath('run-1', 'a.spec.ts'), text);
  {
    await using editor = await Editor.connect(await server.matched(/Listening on (ws:\S+)/));
    expect(await editor.call('runGlobalSetup')).toBe('passed');
    expect(await editor.call('runTests')).toBe('passed');
    const [run, ...others] = root.runs;
    expect(others).toEqual([]);

    edit(spec(4));
    expect(await editor.call('runTests')).toBe('failed');
    edit(spec(3, true));
    const stopped = editor.call('runTests');
    await server.printed('state');
    await editor.call('stopTests');
    expect(await stopped).toBe('interrupted');
    expect(root.runs).toEqual([run]);

    edit(spec(3));
    await editor.call('runGlobalTeardown');
    expect(await editor.call('runTests'), 'also without the set-up, which an editor may leave out').toBe('passed');
  }
  await server.ended;
  expect(await root.leftoversAfter(10_000)).toEqual([]);
});

test('UI mode that is ended by Ctrl-C during a test leaves nothing behind', async ({ startInlineTest, root }) => {
  const ui = startInlineTest(
    { 'a.spec.ts': spec(3, true) },
    { args: ['--ui-host=127.0.0.1', '--ui-port=0'], env: { PWTEST_UNDER_TEST: '1' } }, // opens no browser
  );
  const { url } = await fetch(await ui.matched(/Listening on (\S+)/)); // the page, in a folder of a random name
  await using page = await Editor.connect(url.replace('http', 'ws').replace(/trace[/].*$/, 'ws'));
  expect(await page.call('runGlobalSetup')).toBe('passed');
  void page.call('runTests');
  await ui.printed('state');
  ui.interrupt();
  expect((await ui.ended).exitCode).toBe(130);
  expect(await root.leftoversAfter(10_000)).toEqual([]);
});
