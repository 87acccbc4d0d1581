export { renderMarkdown } from './markdown.ts';
export { renderPage } from './page/index.ts';
export { renderTerminal, type TerminalOptions } from './terminal.ts';
