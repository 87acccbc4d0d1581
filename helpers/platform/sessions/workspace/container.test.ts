import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { WebSocket } from 'ws';
import { fallSilent } from '../../../clients/index.ts';
import { waitFor } from '../../../lib/wait.ts';
import { defaultRequestTimes } from '../../../lib/http-limits.ts';
import { ana, type Container, expect, test } from '../../../testing/container.ts';

const projectOf = (volume: string): string => path.join(volume, ana.clientId, ana.userId, 'project');
const pages = '/session/session-1/@id/__x00__virtual:pages';
/** Long enough for a test to act meanwhile. */
const longInstruction = 'Add 900 pages';

async function isBusy(container: Container): Promise<boolean> {
  return waitFor(async () => ((await container.get('/api/status')).body as { busy: boolean }).busy, 20_000, 10);
}

test('a container is healthy at once and belongs to no user until init', async ({ container }) => {
  const one = await container();
  expect(await one.get('/health')).toMatchObject({ status: 200, body: { status: 'healthy', sessionId: null } });
  expect(await one.execute('Create page A')).toMatchObject({
    status: 409,
    body: { success: false, error: { code: 'CONFLICT', message: 'No session is open yet: POST /api/init first' } },
  });
  expect(await one.get('/session/session-1/')).toMatchObject({ status: 404, body: { success: false } });
  expect((await one.init()).status).toBe(200);
  expect((await one.get('/health')).body).toEqual({ status: 'healthy', sessionId: 'session-1' });
});

test('a container closes a connection without a complete request', async ({ container }) => {
  const { url } = await container({ REQUEST_TIMES: JSON.stringify({ head: 100, request: 200 }) });
  expect(await fallSilent(url)).toBeLessThan(defaultRequestTimes.head);
});

test('an instruction becomes a page, a commit and a live update, and a new name arrives without a page load', async ({
  container,
  volume,
}) => {
  const one = await container();
  await one.init();
  using updates = await one.updates();
  const added = await one.execute('Add a new page called "Test Page"');
  expect(added).toMatchObject({
    status: 200,
    body: { success: true, files: ['src/pages/test-page.json'], path: '/test-page', interrupted: false },
  });
  expect(JSON.parse(readFileSync(path.join(projectOf(volume), 'src/pages/test-page.json'), 'utf8'))).toMatchObject({
    title: 'Test Page',
  });
  await expect.poll(updates.kinds).toEqual(['connected', 'update']);
  expect((await one.get(pages)).body).toContain('"title":"Test Page"');

  const renamed = await one.execute('Call it "Home" instead');
  expect(renamed).toMatchObject({
    status: 200,
    body: { files: ['src/pages/home.json', 'src/pages/test-page.json'], path: '/home' },
  });
  await expect.poll(updates.kinds).toEqual(['connected', 'update', 'update']);
  expect((await one.get(pages)).body).toContain('"formerly":["test-page"]');

  const log = (await one.get('/api/git/log')).body as { commits: { oid: string; subject: string; trailers: object }[] };
  expect(log.commits.map(({ subject, trailers }) => [subject, trailers])).toEqual([
    ['Call it "Home" instead', { 'Thread-ID': 'thread-1', 'Shown-At': '/home' }],
    ['Add a new page called "Test Page"', { 'Thread-ID': 'thread-1', 'Shown-At': '/test-page' }],
    ['New site', {}],
  ]);
  expect(log.commits[0]!.oid).toBe((renamed.body as { commit: string }).commit);
  expect((await one.get('/api/git/status')).body).toEqual({ success: true, branch: 'thread-1', changed: [] });
  expect((await one.get('/api/status')).body).toMatchObject({
    success: true,
    sessionId: 'session-1',
    busy: false,
    branch: 'thread-1',
    head: log.commits[0]!.oid,
    lastInstruction: 'Call it "Home" instead',
  });
  expect(updates.kinds(), 'an update is told once, and nothing was loaded anew').toEqual([
    'connected',
    'update',
    'update',
  ]);
});

test('a page written by another process arrives by live reload', async ({ container, volume }) => {
  const one = await container();
  await one.init();
  using updates = await one.updates();
  await expect
    .poll(async () => {
      writeFileSync(
        path.join(projectOf(volume), 'src/pages/theirs.json'),
        JSON.stringify({ title: `Theirs at ${Date.now()}` }),
      );
      return updates.kinds().at(-1);
    })
    .toBe('update');
  expect((await one.get('/api/git/status')).body).toMatchObject({ changed: ['src/pages/theirs.json'] });
});

test('an upgrade other than for live updates is refused', async ({ container }) => {
  const one = await container();
  await one.init();
  for (const [place, protocol] of [
    ['ws/hmr', undefined],
    ['ws/other', 'vite-hmr'],
    ['', 'vite-hmr'],
  ] as const) {
    const socket = new WebSocket(new URL(`/session/session-1/${place}`, one.url), protocol, { headers: one.key });
    expect(await once(socket, 'error')).toMatchObject([{ message: 'Unexpected server response: 404' }]);
  }
});

test('a second init does not start anything again', async ({ container }) => {
  const one = await container();
  const [first, meanwhile] = await Promise.all([one.init(), one.init()]);
  using updates = await one.updates();
  expect([first.status, meanwhile, await one.init()]).toEqual([
    200,
    expect.objectContaining({ status: 200, body: first.body }),
    expect.objectContaining({ status: 200, body: first.body }),
  ]);
  await one.execute('Create page A');
  await expect.poll(updates.kinds).toEqual(['connected', 'update']);
  for (const other of [{ sessionId: 'session-2' }, { userId: 'ben@example.com' }]) {
    expect(await one.init(other)).toMatchObject({
      status: 409,
      body: { error: { message: 'This container works for the session session-1' } },
    });
  }
});

test('an impossible instruction is refused with the reason', async ({ container }) => {
  const one = await container();
  for (const userId of ['../ben', '.git', '.', 'a/b', 'a\0b', 'x'.repeat(300)])
    expect((await one.init({ userId })).body).toMatchObject({
      error: { code: 'VALIDATION_ERROR', message: expect.stringMatching(/^userId /) },
    });
  expect(await one.init({ threadId: 'main' })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringMatching(/^threadId must be the name of a branch other than main/) } },
  });
  expect(await one.init({ sessionId: undefined })).toMatchObject({
    status: 400,
    body: { error: { message: 'sessionId is missing' } },
  });
  await one.init();
  expect(await one.post('/api/execute', { ...ana })).toMatchObject({
    status: 400,
    body: { success: false, error: { code: 'VALIDATION_ERROR', message: 'instruction is missing' } },
  });
  expect(await one.post('/api/execute', 'nonsense')).toMatchObject({
    status: 400,
    body: { error: { message: 'The body is no JSON object' } },
  });
  expect(await one.execute('Create page A', { userId: 'ben@example.com' })).toMatchObject({
    status: 403,
    body: { error: { code: 'FORBIDDEN' } },
  });
  expect(await one.execute('Create page A', { threadId: '../main' })).toMatchObject({ status: 400 });
  expect(await one.execute('Create page A', { instructionId: 'a b' })).toMatchObject({
    status: 400,
    body: { error: { message: 'instructionId must be of letters, digits, hyphens and underscores' } },
  });
  expect(await one.execute(`Create page ${'x'.repeat(65_536)}`)).toMatchObject({
    status: 413,
    body: { error: { code: 'PAYLOAD_TOO_LARGE' } },
  });
  expect(await one.execute('x'.repeat(600_000))).toMatchObject({ status: 413 });
  expect(await one.execute('Sing a song')).toMatchObject({
    status: 422,
    body: {
      error: {
        code: 'NOT_UNDERSTOOD',
        message: 'This instruction is unknown: try Add a new page called "Test Page"',
      },
    },
  });
  expect(await one.execute('Create a ../../etc/passwd file')).toMatchObject({
    status: 422,
    body: { error: { message: expect.stringMatching(/^"\.\.\/\.\.\/etc\/passwd" cannot be made/) } },
  });
  expect((await one.get('/api/execute')).status).toBe(405);
  expect((await one.get('/nothing')).status).toBe(404);
  expect((await one.get('/api/git/log')).body).toMatchObject({ commits: [{ subject: 'New site' }] });
});

test('an interrupted instruction commits its finished work', async ({ container }) => {
  const one = await container();
  await one.init();
  expect((await one.post('/api/interrupt', {})).body).toEqual({ success: true, interrupted: false });
  const running = one.execute(longInstruction);
  expect(await isBusy(one)).toBe(true);
  expect((await one.post('/api/interrupt', {})).body).toEqual({ success: true, interrupted: true });
  const { body } = await running;
  expect(body).toMatchObject({ success: true, interrupted: true });
  expect((body as { files: string[] }).files.length).toBeLessThan(900);
  expect((await one.get('/api/git/log')).body).toMatchObject({
    commits: [{ subject: longInstruction, trailers: { 'Thread-ID': 'thread-1', Interrupted: 'true' } }, {}],
  });
  expect((await one.get('/api/git/status')).body).toMatchObject({ changed: [] });
});

test('a new instruction interrupts the running one, and both are carried out', async ({ container }) => {
  const one = await container();
  await one.init();
  const long = one.execute(longInstruction);
  expect(await isBusy(one)).toBe(true);
  const [, b, c] = await Promise.all([long, one.execute('Create page B'), one.execute('Create page C')]);
  expect([(await long).body, b.body, c.body]).toMatchObject([
    { interrupted: true },
    { interrupted: false, path: '/b' },
    { interrupted: false, path: '/c' },
  ]);
  const { commits } = (await one.get('/api/git/log')).body as { commits: { subject: string }[] };
  expect(commits.map(({ subject }) => subject).toSorted()).toEqual(
    [longInstruction, 'Create page B', 'Create page C', 'New site'].toSorted(),
  );
});

for (const { how, code } of [
  { how: 'SIGTERM', code: 143 },
  { how: 'the end of its parent', code: 0 },
]) {
  test(`${how} shuts the container down cleanly, even during an instruction`, async ({ container }) => {
    const one = await container();
    await one.init();
    const running = one.execute(longInstruction);
    expect(await isBusy(one)).toBe(true);
    if (code === 143) one.kill('SIGTERM');
    else one.disconnect();
    expect((await running).body).toMatchObject({ success: true, interrupted: true });
    expect(await one.exit).toBe(code);

    const next = await container();
    await next.init({ sessionId: 'session-2' });
    expect((await next.get('/api/git/log')).body).toMatchObject({
      commits: [{ subject: longInstruction, trailers: { Interrupted: 'true' } }, {}],
    });
  });
}

test('files outside the site are neither served nor executed', async ({ container, volume }) => {
  const project = projectOf(volume);
  const first = await container();
  await first.init();
  first.kill('SIGTERM');
  await first.exit;
  const executed = path.join(volume, 'executed');
  const evil = `require('node:fs').writeFileSync(${JSON.stringify(executed)}, '');`;
  writeFileSync(path.join(volume, 'secret.txt'), 'a secret');
  symlinkSync(path.join(volume, 'secret.txt'), path.join(project, 'src/link.txt'));
  symlinkSync(volume, path.join(project, 'src/folder'));
  for (const name of ['vite.config.cjs', 'postcss.config.cjs', '.postcssrc.cjs', 'postcss.config.js'])
    writeFileSync(path.join(project, name), `${evil} module.exports = {};`);
  mkdirSync(path.join(project, 'node_modules/sass'), { recursive: true });
  writeFileSync(path.join(project, 'node_modules/sass/package.json'), '{"name":"sass","main":"index.js"}');
  writeFileSync(path.join(project, 'node_modules/sass/index.js'), evil);
  writeFileSync(path.join(project, 'src/style.scss'), 'a { b: c }');
  writeFileSync(path.join(project, 'src/style.css'), 'a { b: c }');

  const one = await container();
  await one.init();
  for (const name of [
    'src/link.txt',
    'src/link.txt?raw',
    'src/folder/secret.txt',
    'src/folder/secret.txt?import',
    `@fs${project}/src/link.txt`,
    '%2e%2e/%2e%2e/%2e%2e/secret.txt',
    `@fs${volume}/secret.txt`,
    'src/folder%2fsecret.txt',
    '.git/config',
    '__open-in-editor?file=x',
  ]) {
    expect(JSON.stringify(await one.get(`/session/session-1/${name}`)), name).not.toMatch(/secret"|\[core\]/);
  }
  expect((await one.get('/session/session-1/src/link.txt')).status).toBe(404);
  expect((await one.get('/session/session-1/__open-in-editor?file=x')).status).toBe(404);
  expect((await one.get('/session/session-1/src/style.css?import')).status).toBe(200);
  expect((await one.get('/session/session-1/src/style.scss?import')).status).toBe(404);
  expect(existsSync(executed)).toBe(false);
});

test('each thread has its own pages', async ({ container }) => {
  const one = await container();
  await one.init();
  await one.execute('Create page A');
  await one.execute('Create page B', { threadId: 'thread-2' });
  const subjects = async (query: string): Promise<unknown> =>
    ((await one.get(`/api/git/log${query}`)).body as { commits: { subject: string }[] }).commits.map(
      ({ subject }) => subject,
    );
  expect(await subjects('')).toEqual(['Create page B', 'New site']);
  expect(await subjects('?thread=thread-1')).toEqual(['Create page A', 'New site']);
  expect(await subjects('?thread=thread-3')).toEqual(['New site']);
  expect((await one.get(pages)).body).not.toContain('"title":"A"');
  await one.execute('Call it "Z" instead');
  expect((await one.get(pages)).body).toContain('"title":"Z"');
});

test('components are files beside the pages', async ({ container, volume }) => {
  const one = await container();
  await one.init();
  const file = 'src/components/Header.astro';
  expect((await one.execute('Create a components/Header.astro file')).body).toMatchObject({ files: [file] });
  expect((await one.execute('Update Header.astro with <script>alert(1)</script> {evil}')).body).toMatchObject({
    files: [file],
  });
  const content = readFileSync(path.join(projectOf(volume), file), 'utf8');
  expect(content).toContain('&#60;script&#62;alert(1)');
  expect(content).not.toContain('{');
  expect(await one.execute('Update Footer with more')).toMatchObject({
    status: 422,
    body: { error: { message: 'There is no component called "Footer"' } },
  });
});
