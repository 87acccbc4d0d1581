import type { Reporter, Suite } from '@playwright/test/reporter';
import { UsageError } from '../../helpers/lib/usage.ts';
import { complaintAbout } from './plan.ts';

/**
 * For the merge: makes it fail when the shards do not make up the whole run. Stands before reporters that show errors.
 */
export default class MergedShards implements Reporter {
  #complaint: string | undefined;

  printsToStdio(): boolean {
    return false;
  }

  onBegin(_: unknown, root: Suite): void {
    this.#complaint = complaintAbout(root);
  }

  /** @throws UsageError, which is the only way for a reporter to make a merge fail. */
  onEnd(): void {
    if (this.#complaint !== undefined) throw new UsageError(this.#complaint);
  }
}
