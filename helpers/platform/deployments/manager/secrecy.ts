import { type ProviderSchema, type Values, withoutSensitive } from '../../../terraform/index.ts';

/** Hides what the provider's schema calls sensitive. */
export interface Secrecy {
  show(schema: ProviderSchema, type: string, values: Values): Values;
}

export const secrecy: Secrecy = {
  show(schema, type, values) {
    const resource = schema.resources[type];
    return resource === undefined ? {} : withoutSensitive(resource.block, values);
  },
};
