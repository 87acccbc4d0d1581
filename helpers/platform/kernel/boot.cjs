// The first thing that runs in a process of the platform: loads its bundle with V8's code cache, which saves a third of
// the time until it is ready. The first process that gets there leaves the cache beside the bundle, when it has run
// for a moment and V8 knows what is needed. Plain JavaScript, so that it starts without a loader.
//
// Argument: the bundle.
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const path = require('node:path');
const { Script } = require('node:vm');

// As Node has it from version 21 on. The pg package looks at it to learn where it runs, and where there is none it
// makes a Response, for which Node loads its whole fetch: a quarter of the time until a process is ready.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node.split('.')[0]}` };

const bundle = process.argv[2];
const cache = `${bundle}.${process.version}.cache`;
const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
const script = new Script(wrap(readFileSync(bundle, 'utf8')), { filename: bundle, cachedData });
script.runInThisContext()({}, createRequire(bundle), {}, bundle, path.dirname(bundle));

if (cachedData === undefined || script.cachedDataRejected) {
  setTimeout(() => {
    const draft = `${cache}.${process.pid}`;
    try {
      writeFileSync(draft, script.createCachedData());
      renameSync(draft, cache);
    } catch {
      /* nowhere to write it: it starts as it did */
    }
  }, 1_000).unref();
}
