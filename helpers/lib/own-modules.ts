import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The extension of our own modules where one is named by its path: `.ts` in the repository, `.js` in the package. */
export function moduleExtension(): string {
  return path.extname(fileURLToPath(import.meta.url));
}

/** Whether this is the repository, whose modules are TypeScript, and not the package that is built of it. */
export function isRepository(): boolean {
  return moduleExtension() === '.ts';
}

/** The arguments with which Node runs one of our modules in a process of its own. */
export function argumentsToRun(module: string): string[] {
  return isRepository() ? ['--import', import.meta.resolve('tsx'), module] : [module];
}

/** How one starts a command of ours: `npm run kept` in the repository, `npx proving-ground kept` with the package. */
export function commandLine(command: string): string {
  return isRepository() ? `npm run ${command}` : `npx proving-ground ${command}`;
}

/** The folder of the repository, or of the package. */
export function rootFolder(module = fileURLToPath(import.meta.url)): string {
  return path.resolve(path.dirname(module), path.extname(module) === '.ts' ? '../..' : '../../..');
}

/** The folder `node_modules` that the package is installed in, or that of the repository. */
export function packagesFolder(module = fileURLToPath(import.meta.url)): string {
  const parts = module.split(path.sep);
  const installed = parts.lastIndexOf('node_modules');
  return installed === -1
    ? path.join(rootFolder(module), 'node_modules')
    : parts.slice(0, installed + 1).join(path.sep);
}
