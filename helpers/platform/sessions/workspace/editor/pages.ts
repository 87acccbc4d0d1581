import { WorkspaceError } from '../errors.ts';
import type { Page } from '../site/page.ts';
import type { Site } from '../site/site.ts';
import { freeSlug } from './slug.ts';

/** The outcome of one step of an instruction. */
export interface Step {
  /** The changed files, relative to the site's folder. */
  readonly files: readonly string[];
  /** The page to look at, relative to the site's address. */
  readonly path: string;
}

/** Adds a page. An existing page of this title counts as the result, and as changed last. */
export async function addPage(site: Site, title: string): Promise<Step> {
  const pages = await site.pages();
  const found = pages.find((page) => page.title === title);
  return put(
    site,
    pages,
    found ?? { slug: freeSlug(title, slugsOf(pages)), title, text: '', revision: 0, formerly: [] },
  );
}

/** Adds the next page called `Page <number>`. */
export async function addNumberedPage(site: Site): Promise<Step> {
  const titles = new Set((await site.pages()).map(({ title }) => title));
  let number = 1;
  while (titles.has(`Page ${number}`)) number++;
  return addPage(site, `Page ${number}`);
}

/** Gives a page another title and address; the old address still leads to it. */
export async function renamePage(site: Site, name: string | undefined, title: string): Promise<Step> {
  const pages = await site.pages();
  const page = find(pages, name);
  const others = pages.filter((other) => other !== page);
  if (others.some((other) => other.title === title))
    throw new WorkspaceError('NOT_UNDERSTOOD', `There is a page called ${JSON.stringify(title)} already`);
  const slug = freeSlug(title, slugsOf(others));
  return put(
    site,
    pages,
    { ...page, slug, title, formerly: [...new Set([...page.formerly, page.slug])].filter((one) => one !== slug) },
    page.slug,
  );
}

export async function writeText(site: Site, name: string | undefined, text: string): Promise<Step> {
  const pages = await site.pages();
  return put(site, pages, { ...find(pages, name), text });
}

export async function deletePage(site: Site, name: string | undefined): Promise<Step> {
  return { files: await site.removePage(find(await site.pages(), name)), path: '/' };
}

async function put(site: Site, pages: readonly Page[], page: Page, instead?: string): Promise<Step> {
  const revision = Math.max(0, ...pages.map((other) => other.revision)) + 1;
  return { files: await site.putPage({ ...page, revision }, instead), path: `/${page.slug}` };
}

function find(pages: readonly Page[], name: string | undefined): Page {
  const [last] = pages.toSorted((one, other) => other.revision - one.revision);
  const page = name === undefined ? last : pages.find(({ title }) => title === name);
  if (page === undefined)
    throw new WorkspaceError(
      'NOT_UNDERSTOOD',
      name === undefined
        ? 'There is no page yet that "it" could be'
        : `There is no page called ${JSON.stringify(name)}`,
    );
  return page;
}

function slugsOf(pages: readonly Page[]): Set<string> {
  return new Set(pages.map(({ slug }) => slug));
}
