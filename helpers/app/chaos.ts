import type { AppChaos } from './app.ts';
import type { Services } from './services/index.ts';

/** Disturbs the services of an app. */
export function chaosOf(services: Services): AppChaos {
  return {
    kill: (name) => services.service(name).kill(),
    freeze: async (name) => services.service(name).freeze(),
    thaw: async (name) => services.service(name).thaw(),
    stop: (name) => services.service(name).stop(),
    start: (name) => services.service(name).start(),
    ready: (name) => services.service(name).ready(),
    async cutConnections(name, { refuse = false } = {}) {
      const link = services.link(name);
      link.cut();
      if (!refuse) link.mend();
    },
    mendConnections: async (name) => services.link(name).mend(),
    process(name) {
      const { pid, starts } = services.service(name);
      return { pid, starts };
    },
  };
}
