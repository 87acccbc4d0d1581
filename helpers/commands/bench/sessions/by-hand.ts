import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { stopProcess } from '../../../run/processes/index.ts';
import { template } from '../../../platform/sessions/workspace/site/template.ts';

const vite = path.join(path.dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');

/** The alternative without a platform: Vite in the site's folder. Returns the milliseconds until it serves a page. */
export async function startByHand(): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'proving-ground-bench-'));
  for (const [file, content] of Object.entries(template)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
  const start = performance.now();
  const child = spawn(process.execPath, [vite, '--host', '127.0.0.1'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  }); // its messages about dependencies are not needed
  try {
    for await (const line of createInterface(child.stdout)) {
      const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(stripVTControlCharacters(line)) ?? [];
      if (address === undefined) continue;
      const { status } = await fetch(address);
      if (status !== 200) throw new Error(`Vite answered with ${status}`);
      return performance.now() - start;
    }
    throw new Error('Vite has not printed its address');
  } finally {
    await stopProcess(child.pid!, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}
