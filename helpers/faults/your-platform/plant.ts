import { fileURLToPath } from 'node:url';
import type { AppDeclaration, ServiceDeclaration } from '../../app/options.ts';

/**
 * The declaration with a fault in its services: Node loads a module before theirs that decorates their parts. So the
 * application does not know that there are faults. Without a name, and for faults of other areas, it stays as it is.
 */
export function planted<Declaration extends AppDeclaration<never>>(
  declaration: Declaration,
  fault: string | undefined,
): Declaration {
  if (fault === undefined || fault === '') return declaration;
  const services = Object.entries(declaration.services ?? {}).map(([name, { env, ...service }]) => {
    const withFault: ServiceDeclaration = {
      ...service,
      async env(about) {
        const own = typeof env === 'function' ? await env(about) : env;
        return { ...own, PROVING_GROUND_FAULT: fault, NODE_OPTIONS: `--import=${await (preloaded ??= preload())}` };
      },
    };
    return [name, withFault];
  });
  return { ...declaration, services: Object.fromEntries(services) as Declaration['services'] };
}

let preloaded: Promise<string> | undefined;

/** The module as a URL, since Node 20 runs no TypeScript, and a process with tsx takes three times as long to start. */
async function preload(): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('decorate-parts.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  return `data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`;
}
