import { test, TestRunner } from 'vitest';

/** A test file whose sources do not load has no tests, and so none that fails: it gets one. */
export default class LoadingRunner extends TestRunner {
  override async importFile(file: string, source: 'collect' | 'setup'): Promise<unknown> {
    try {
      return await super.importFile(file, source);
    } catch (error) {
      if (source === 'setup') throw error;
      test('its sources load', () => {
        throw error;
      });
      return undefined;
    }
  }
}
