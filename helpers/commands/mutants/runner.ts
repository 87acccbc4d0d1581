import { test } from 'vitest';
import { VitestTestRunner } from 'vitest/runners';

/** A test file whose sources do not load has no tests, and so none that fails: it gets one. */
export default class LoadingRunner extends VitestTestRunner {
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
