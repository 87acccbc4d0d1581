/** A page of a site: the file `src/pages/<slug>.json`. */
export interface Page {
  /** Its name in the site's addresses; not in the file, which is named after it. */
  readonly slug: string;
  readonly title: string;
  readonly text: string;
  /** A counter of changes to the site's pages: the highest one marks the page that was changed last. */
  readonly revision: number;
  /** Former slugs, which still lead to it. */
  readonly formerly: readonly string[];
}

/** The pages' folder within a site. */
export const pagesPath = ['src', 'pages'] as const;
/** The components' folder within a site. */
export const componentsPath = ['src', 'components'] as const;

const extension = '.json';

export function fileOf(slug: string): string {
  return `${slug}${extension}`;
}

export function writePage({ title, text, revision, formerly }: Page): string {
  return `${JSON.stringify({ title, text, revision, formerly }, undefined, 2)}\n`;
}

/** The page in a file; undefined for invalid content. */
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
    return undefined; // an incomplete file, or null
  }
}
