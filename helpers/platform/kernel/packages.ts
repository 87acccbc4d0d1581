import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The module of Vite, which is not bundled. */
export const vite = fileURLToPath(import.meta.resolve('vite'));

/** The folder of Vite and its dependencies. */
export const installed = vite.slice(0, vite.lastIndexOf(`${path.sep}vite${path.sep}`) + 1);
