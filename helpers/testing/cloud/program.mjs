// What the containers of our tests run. Arguments: what it does.
//   serve        answers each request to its port with its environment, arguments and folder, as JSON
//   <code>       ends with this exit code
//   stubborn     does not end by SIGTERM
//   greedy       takes 256 MiB of memory, and ends by itself after some seconds, with exit code 3
//   polite       ends by SIGTERM, with exit code 0
import { createServer } from 'node:http';

process.once('disconnect', () => process.exit());

const [what = 'serve'] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);
say(`doing ${what}`);

if (/^\d+$/.test(what)) process.exit(Number(what));
if (what === 'stubborn') process.on('SIGTERM', () => say('no'));
if (what === 'greedy') {
  const taken = Buffer.alloc(256 * 1024 * 1024, 1);
  setTimeout(() => process.exit(taken.length > 0 ? 3 : 0), 3_000);
}
if (what === 'polite') process.on('SIGTERM', () => process.exit(0));

process.on('message', ({ listen }, server) => {
  createServer((_request, response) => {
    response.end(
      JSON.stringify({ port: listen, argv: process.argv.slice(2), folder: process.cwd(), environment: process.env }),
    );
  }).listen(server);
});
say('ready');
