import { schemaOf, serveProvider } from '../../../../terraform/server/index.ts';
import type { Run } from '../../../kernel/process.ts';
import { randomId } from './id.ts';
import { randomInteger } from './integer.ts';
import { randomPet } from './pet.ts';
import { randomPassword, randomString } from './text.ts';

/** The resources of hashicorp/random 3.6 that are asked for most, with its schemas, checks and imports. */
export const run: Run = () =>
  serveProvider({
    schema: schemaOf(0),
    configure: () => undefined,
    resources: {
      random_id: randomId,
      random_integer: randomInteger,
      random_password: randomPassword,
      random_pet: randomPet,
      random_string: randomString,
    },
  });
