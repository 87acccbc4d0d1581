import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { HttpInterface } from './http-interface.ts';

const ana = { user: 'ana', password: 'geheim:1' };

/** A server that answers the requests in turn, and how it is reached. */
async function serverWith(...answers: ((response: ServerResponse) => void)[]): Promise<{
  readonly url: string;
  readonly server: Server;
  readonly received: string[];
}> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push(`${request.headers.authorization} ${request.url} ${body}`);
      answers[received.length - 1]!(response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, received };
}

const answer = (response: ServerResponse): void => void response.end('1\n');
const reset = (response: ServerResponse): void => void response.socket!.resetAndDestroy();

test('a statement is sent as a user, with its settings', async () => {
  const { url, server, received } = await serverWith(answer);
  using http = new HttpInterface(url, ana, 1_000);
  expect(await http.post('SELECT 1', { max_threads: '1' })).toBe('1\n');
  expect(received).toEqual(['Basic YW5hOmdlaGVpbTox /?wait_end_of_query=1&buffer_size=1000000&max_threads=1 SELECT 1']);
  server.close();
});

test("a server's error is thrown, however late it is", async () => {
  const text = 'Code: 60. DB::Exception: Unknown table x. (UNKNOWN_TABLE) (version 26.7.2.1)';
  const { url, server } = await serverWith(
    (response) => response.writeHead(404).end(text),
    (response) => response.writeHead(200, { 'x-clickhouse-exception-code': '60' }).end(text),
  );
  using http = new HttpInterface(url, ana, 1_000);
  for (const _ of ['at once', 'late'])
    await expect(http.post('SELECT * FROM x')).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
  server.close();
});

test('an idle connection that the server closes is replaced, and a new one that it resets is an error', async () => {
  const { url, server, received } = await serverWith(answer, reset, answer);
  using http = new HttpInterface(url, ana, 1_000);
  expect(await http.post('SELECT 1')).toBe('1\n');
  expect(await http.post('SELECT 2')).toBe('1\n');
  expect(received.map((line) => line.slice(-1))).toEqual(['1', '2', '2']);
  server.close();

  const refusing = await serverWith(reset);
  using other = new HttpInterface(refusing.url, ana, 1_000);
  await expect(other.post('SELECT 1')).rejects.toMatchObject({ code: 'ECONNRESET' });
  refusing.server.close();
});

test('a statement without an answer in time is an error', async () => {
  const { url, server } = await serverWith(() => undefined);
  using http = new HttpInterface(url, ana, 20);
  await expect(http.post('SELECT 1')).rejects.toThrow('Timeout error.');
  server.close();
});
