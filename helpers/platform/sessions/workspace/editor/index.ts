export { type Editor, editor, type Pace } from './editor.ts';
