import { withFault } from '../../../faults/inject.ts';
import { runWorkspace } from './frame.ts';
import { workspaceParts } from './parts.ts';

const { WORKSPACE: root, FAULT: fault } = process.env;
if (root === undefined) {
  process.stderr.write('The environment variable WORKSPACE is missing: it names the folder of the volume.\n');
  process.exitCode = 1;
  process.disconnect?.();
} else {
  void withFault('sessions', workspaceParts, fault).then((parts) => runWorkspace(root, parts));
}
