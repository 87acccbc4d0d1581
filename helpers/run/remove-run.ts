/** Ends what a killed run has left. Started by its keeper; the argument is the run's folder. */
import { RunFolder } from './folder.ts';

const [, , path] = process.argv;
if (path === undefined) throw new Error('The folder of a run is missing.');
await new RunFolder(path).remove();
