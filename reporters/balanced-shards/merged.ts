import type { Reporter, Suite } from '@playwright/test/reporter';
import { UsageError } from '../../helpers/lib/usage.ts';
import { complaintAbout } from './plan.ts';

/** Makes a merge fail when its shards are not the whole run. Stands before reporters that show errors. */
export default class MergedShards implements Reporter {
  #complaint: string | undefined;

  printsToStdio(): boolean {
    return false;
  }

  onBegin(_: unknown, root: Suite): void {
    this.#complaint = complaintAbout(root);
  }

  /** @throws UsageError, because a reporter has no other way to make a merge fail. */
  onEnd(): void {
    if (this.#complaint !== undefined) throw new UsageError(this.#complaint);
  }
}
