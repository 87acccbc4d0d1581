/** The files of a new site, which show the pages as data. */
export const template: Readonly<Record<string, string>> = {
  '.gitignore': 'node_modules/\n',
  'package.json': `${JSON.stringify({ name: 'site', private: true, type: 'module' }, undefined, 2)}\n`,
  'src/pages/.gitkeep': '',
  'index.html': `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <link rel="icon" href="data:,">
    <title>Site</title>
    <style>
      body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; font: 1.125rem/1.5 system-ui, sans-serif; color-scheme: light dark; }
      nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
    </style>
  </head>
  <body>
    <nav></nav>
    <main>
      <h1></h1>
      <p></p>
    </main>
    <script type="module" src="/src/main.js"></script>
  </body>
</html>
`,
  'src/pages.js': `// All pages: { slug, title, text, revision, formerly }, made of the files in src/pages by the development server.
export { pages } from 'virtual:pages';
`,
  'src/main.js': `import { pages as found } from './pages.js';

const base = import.meta.env.BASE_URL;
let pages = found;

// The page of an address, by its current or a former slug; without a slug the one that was changed last.
function findPage(slug) {
  if (slug === '') return pages.toSorted((one, other) => other.revision - one.revision)[0];
  return pages.find((page) => page.slug === slug) ?? pages.find((page) => page.formerly.includes(slug));
}

function show() {
  const slug = location.pathname.slice(base.length);
  const page = findPage(slug);
  if (slug !== '' && page !== undefined && page.slug !== slug) history.replaceState(null, '', base + page.slug);
  const nothing = pages.length === 0 ? 'There are no pages yet' : 'There is no such page';
  document.title = page?.title ?? nothing;
  document.querySelector('h1').textContent = page?.title ?? nothing;
  document.querySelector('p').textContent = page?.text ?? '';
  document.querySelector('nav').replaceChildren(...pages.map(linkTo));
}

function linkTo({ slug, title }) {
  const link = document.createElement('a');
  link.href = base + slug;
  link.textContent = title;
  return link;
}

document.querySelector('nav').addEventListener('click', (event) => {
  if (!(event.target instanceof HTMLAnchorElement) || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, '', event.target.href);
  show();
});
addEventListener('popstate', show);
import.meta.hot?.accept('./pages.js', (next) => {
  pages = next.pages;
  show();
});
show();
`,
};
