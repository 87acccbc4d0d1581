import { fileURLToPath } from 'node:url';

/** The address of Vite, which a bundle leaves where it is. */
export const vite = import.meta.resolve('vite');

/** The folder of Vite and of all that it needs. */
export const installed = fileURLToPath(vite.slice(0, vite.lastIndexOf('/vite/') + 1));
