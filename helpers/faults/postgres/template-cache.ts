import { faultsOf } from '../fault.ts';

const fault = faultsOf('postgres');

export const codeIsCachedByItsText = fault(
  'templateCaching',
  'code that names no key is run anew in every run',
  () => ({ isReproducible: () => true }),
  'helpers/stores/postgres/template-cache/template-cache.test.ts › code without a key is made anew in every run',
);

export const templateCacheHasNoLimit = fault(
  'templateCaching',
  'the cache of templates is bounded in size',
  () => ({ surplus: () => [] }),
  'helpers/stores/postgres/template-cache/template-cache.test.ts › the oldest templates make room for new ones',
);

export const oldTemplatesServe = fault(
  'templateCaching',
  'the moments in a cached template are at most a day old',
  () => ({ isFresh: () => true }),
  'helpers/stores/postgres/template-cache/template-cache.test.ts › a template that is older than a day is made again',
);

export const leftRolesAreCached = fault(
  'templateCaching',
  'what tests leave on a server does not reach later runs',
  () => ({ leftovers: () => Promise.resolve(0) }),
  'helpers/stores/postgres/template-cache/template-cache.test.ts › a run whose tests changed what databases share adds nothing',
);
