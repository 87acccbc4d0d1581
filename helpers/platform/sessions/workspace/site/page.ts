/** A page of a site: the file `src/pages/<slug>.json`. */
export interface Page {
  /** Its place in the site's addresses; not in the file, which is named after it. */
  readonly slug: string;
  readonly title: string;
  readonly text: string;
  /** Counts the changes of the site's pages: the page with the highest is the one that was changed last. */
  readonly revision: number;
  /** Slugs that it had before: they still lead to it. */
  readonly formerly: readonly string[];
}

/** Where a site has its pages, from its folder. */
export const pagesPath = ['src', 'pages'] as const;
/** Where a site has its components, from its folder. */
export const componentsPath = ['src', 'components'] as const;

const extension = '.json';

export function fileOf(slug: string): string {
  return `${slug}${extension}`;
}

export function writePage({ title, text, revision, formerly }: Page): string {
  return `${JSON.stringify({ title, text, revision, formerly }, undefined, 2)}\n`;
}

/** The page that is in a file; undefined when it is none, whoever wrote it. */
export function readPage(file: string, content: string): Page | undefined {
  if (!file.endsWith(extension)) return undefined;
  try {
    const { title, text, revision, formerly } = JSON.parse(content) as Record<string, unknown>;
    if (typeof title !== 'string') return undefined;
    return {
      slug: file.slice(0, -extension.length),
      title,
      text: typeof text === 'string' ? text : '',
      revision: typeof revision === 'number' ? revision : 0,
      formerly: Array.isArray(formerly) ? formerly.filter((slug) => typeof slug === 'string') : [],
    };
  } catch {
    return undefined; // half of a file, or null
  }
}
