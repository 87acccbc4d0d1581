export { duroxideModule } from './duroxide-module.ts';
