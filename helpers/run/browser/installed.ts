import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const linuxPrograms = [
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
];
const linuxPlaces = ['/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge'];
const macApplications = ['Google Chrome', 'Chromium', 'Microsoft Edge'];

/** The usual paths of Chrome, Chromium and Edge, in order of preference. */
export function usualPlaces(environment: Environment, platform: NodeJS.Platform = process.platform): string[] {
  if (platform === 'darwin')
    return ['/', homedir()].flatMap((root) =>
      macApplications.map((name) => path.posix.join(root, 'Applications', `${name}.app`, 'Contents', 'MacOS', name)),
    );
  const folders = (environment['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  return [
    ...linuxPrograms.flatMap((program) => folders.map((folder) => path.posix.join(folder, program))),
    ...linuxPlaces,
  ];
}

/** The first of these programs that can be executed. */
export function firstProgram(places: readonly string[]): string | undefined {
  return places.find((place) => isExecutable(place) && !isSnap(place));
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A Chromium from snap cannot see our temporary folder or pipes; on Ubuntu its starter is a script. */
function isSnap(program: string): boolean {
  const file = realpathSync(program);
  return file.endsWith('/snap') || (statSync(file).size < 65_536 && readFileSync(file, 'latin1').includes('/snap/'));
}
