import { runWorkspace } from './frame.ts';
import { workspaceParts } from './parts.ts';

const root = process.env['WORKSPACE'];
if (root === undefined) {
  process.stderr.write('The environment variable WORKSPACE is missing: it names the folder of the volume.\n');
  process.exitCode = 1;
  process.disconnect?.();
} else {
  runWorkspace(root, workspaceParts);
}
