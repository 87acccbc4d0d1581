export { type Address, Link } from './link.ts';
