export { Supervised } from './supervised.ts';
