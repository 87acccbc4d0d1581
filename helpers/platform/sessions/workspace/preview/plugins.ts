import path from 'node:path';
import type { Plugin } from 'vite';
import { isInside } from '../paths.ts';
import { pagesPath } from '../site/page.ts';
import { readPages } from '../site/site.ts';

const id = 'virtual:pages';
const resolved = `\0${id}`;

/** All pages of a site as one module, `virtual:pages`, which the browser gets again when its content changes. */
export function pagesPlugin(folder: string): Plugin {
  const place = path.join(folder, ...pagesPath);
  let told: string | undefined;
  return {
    name: 'workspace:pages',
    applyToEnvironment: ({ name }) => name === 'client',
    resolveId: (source) => (source === id ? resolved : undefined),
    async load(asked) {
      if (asked !== resolved) return undefined;
      told = await codeOf(folder);
      return told;
    },
    async hotUpdate({ file }) {
      if (!isInside(place, file)) return undefined;
      const module = this.environment.moduleGraph.getModuleById(resolved);
      const code = await codeOf(folder);
      if (module === undefined || code === told) return [];
      told = code;
      return [module];
    },
  };
}

/** Vite would run preprocessors from the site's own packages, so styles that need one are refused. */
export const withoutPreprocessors: Plugin = {
  name: 'workspace:without-preprocessors',
  enforce: 'pre',
  transform: {
    filter: { id: /\.(?:s[ac]ss|less|styl(?:us)?)(?:$|\?)/ },
    handler(_, file) {
      throw new Error(`${path.basename(file)} needs a preprocessor, which a workspace does not run`);
    },
  },
};

/** Escapes what Vite's plugins could misread in a page's content (`import.meta.env`, `//# sourceMappingURL=`). */
async function codeOf(folder: string): Promise<string> {
  const pages = JSON.stringify(await readPages(folder));
  return `export const pages = ${pages.replaceAll(/[^\w\s{}[\]":,\\-]/gu, escapeUnits)};`;
}

function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
