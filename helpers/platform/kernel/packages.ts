import { fileURLToPath } from 'node:url';

/** The location of Vite, which is not bundled. */
export const vite = import.meta.resolve('vite');

/** The folder of Vite and its dependencies. */
export const installed = fileURLToPath(vite.slice(0, vite.lastIndexOf('/vite/') + 1));
