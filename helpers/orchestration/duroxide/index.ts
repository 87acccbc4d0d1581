export { duroxideModule } from './module.ts';
