import { WorkspaceError } from '../errors.ts';
import { componentsPath } from '../site/page.ts';
import type { Site } from '../site/site.ts';
import type { Step } from './pages.ts';

/** One part of a path, without `..` and dot files. */
const part = /^[\w-][\w.-]{0,99}$/;
const defaultExtension = '.astro';

interface ComponentName {
  readonly folder: readonly string[];
  readonly file: string;
}

/** Creates a component; an existing one stays unchanged. */
export async function createComponent(site: Site, name: string): Promise<Step> {
  const { folder, file } = parse(name);
  const found = match(await site.components(folder), file);
  const files = found === undefined ? [await site.putComponent(folder, withExtension(file), componentOf(file))] : [];
  return { files, path: '/' };
}

export async function updateComponent(site: Site, name: string, content: string): Promise<Step> {
  const { folder, file } = parse(name);
  const found = match(await site.components(folder), file);
  if (found === undefined)
    throw new WorkspaceError('NOT_UNDERSTOOD', `There is no component called ${JSON.stringify(name)}`);
  return { files: [await site.putComponent(folder, found, componentOf(found, content))], path: '/' };
}

/** @throws WorkspaceError for a name outside the components. */
function parse(name: string): ComponentName {
  const parts = name.split('/');
  const prefix = [componentsPath, componentsPath.slice(1)].find((path) =>
    path.every((folder, index) => parts[index] === folder),
  );
  const [file, ...folder] = parts.slice(prefix?.length ?? 0).toReversed();
  if (file === undefined || ![file, ...folder].every((one) => part.test(one))) {
    throw new WorkspaceError(
      'NOT_UNDERSTOOD',
      `${JSON.stringify(name)} cannot be made: a file has a name such as components/Header, of letters, digits, hyphens, underscores and dots`,
    );
  }
  return { folder: folder.toReversed(), file };
}

/** The file of that name, or with the default extension. */
function match(files: readonly string[], file: string): string | undefined {
  return [file, withExtension(file)].find((name) => files.includes(name));
}

function withExtension(file: string): string {
  return file.includes('.') ? file : `${file}${defaultExtension}`;
}

function componentOf(file: string, content?: string): string {
  const text = content === undefined ? '' : `  <p>${escape(content)}</p>\n`;
  return `<section>\n  <h2>${file.replace(/\..*/, '')}</h2>\n${text}</section>\n`;
}

/** Includes braces, because Astro executes what is in them. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"'{}`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
