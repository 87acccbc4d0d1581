export { renderMarkdown } from './markdown.ts';
export { renderPage } from './page/index.ts';
export { renderTerminal } from './terminal.ts';
