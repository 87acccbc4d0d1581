export type { Action } from './grammar.ts';
export { type Editor, editor, type Pace } from './editor.ts';
