/** What a provider is made with. */
export {
  attribute,
  errorAbout,
  type Operation,
  type Plan,
  type ProviderDefinition,
  Refusal,
  type ResourceDefinition,
  schemaOf,
} from './definition.ts';
export { serveProvider } from './serve.ts';
