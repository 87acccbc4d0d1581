import { expect, test } from '../../fixtures/index.ts';
import { notes } from './servers/notes.ts';

test.use({ appOptions: notes });

test("a tenant's socket receives what concerns it, and no other tenant's does", async ({ app }) => {
  const [ana, ben] = [app.createTenant('ana'), app.createTenant('ben')];
  const [mine, other] = [await app.socket('/updates', { tenant: ana }), await app.socket('/updates', { tenant: ben })];
  await (await app.as(ana)).post('/notes', { text: 'new' });
  await expect(mine).toReceive({ type: 'note.created', note: { text: 'new', id: expect.any(String) } });
  other.send('a marker'); // what was sent before has come when its echo has
  await expect(other).toReceive('echo a marker');
  expect(other.messages).toEqual(['echo a marker']);
});

test('a message that does not come is named with what has come', async ({ app }) => {
  const socket = await app.socket('/updates', { tenant: app.createTenant(), first: ['one', { two: 2 }] });
  await expect(socket).toReceive('echo {"two":2}');
  await expect(expect(socket).toReceive({ type: 'note.created' }, { timeout: 50 })).rejects.toThrow(
    /Waited 0\.05 s for a message with \{"type":"note\.created"\} in vain[^]*the last of 2:\n {2}"echo one"\n {2}"echo \{/,
  );
  await expect(socket).not.toReceive(/three/, { timeout: 50 });
});

test('the transcript has what went both ways, and no token', async ({ app }) => {
  const ana = app.createTenant('ana');
  const socket = await app.socket('/updates', { tenant: ana, first: (token) => [{ type: 'auth', token }] });
  await expect(socket).toReceive(/^echo/);
  await socket.close();
  expect(socket.transcript).toMatch(/Z > \{"type":"auth","token":"…"\}\n.*Z < echo \{"type":"auth","token":"…"\}\n/);
  expect(socket.transcript).not.toContain(await ana.token());
  expect(socket.closed).toEqual({ code: 1000, reason: '' });
});

test('a refused socket is an error with the answer', async ({ app }) => {
  await expect(app.socket('/updates')).rejects.toThrow(
    /^The WebSocket at ws:\/\/127\.0\.0\.1:\d+\/updates was refused with 401: who is it\?/,
  );
});

test('a socket offers its subprotocol', async ({ app }) => {
  const socket = await app.socket('/updates', { tenant: app.createTenant(), subprotocol: ['notes.v2', 'notes.v1'] });
  expect(socket.subprotocol).toBe('notes.v2');
});
