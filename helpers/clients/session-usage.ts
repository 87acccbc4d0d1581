import { type OpenSessionPlatform, usageOf } from '../platform/index.ts';
import { workspaceOperations } from '../platform/sessions/workspace/index.ts';
import type { Recorder } from '../run/measurements/index.ts';
import { ApiMeter, documentedOperations } from './api-calls.ts';
import { TaskMeter } from './task-meter.ts';

/** What a session platform uses, and what is asked of its API, recorded for the report of costs. */
export class SessionUsage {
  readonly #platform: OpenSessionPlatform;
  readonly #recorder: Recorder;
  readonly #calls: ApiMeter;
  readonly #since: number;

  private constructor(platform: OpenSessionPlatform, since: number, recorder: Recorder, operations: readonly string[]) {
    this.#since = since;
    this.#platform = platform;
    this.#recorder = recorder;
    this.#calls = new ApiMeter({ api: 'sessions', url: platform.url, operations }, recorder);
    recorder.addMeter(new TaskMeter(() => platform.cloud.bills(), recorder.record).read);
  }

  /** Begins to count for a platform that is there since then (`performance.now()`). Costs one request. */
  static async open(platform: OpenSessionPlatform, since: number, recorder: Recorder): Promise<SessionUsage> {
    // Containers have no document.
    const documented = await documentedOperations(platform.url, '/hermes/api/openapi.json');
    return new SessionUsage(platform, since, recorder, [...documented, ...workspaceOperations]);
  }

  /** Records what the platform has used of its cloud beside tasks; storage as if all of it had been there all along. */
  async close(): Promise<void> {
    this.#calls.close();
    const { requests, stored } = await usageOf(this.#platform);
    for (const { service, count } of requests)
      this.#recorder.record('cloud.requests', count, 'count', { service }, 'worker');
    const seconds = String((performance.now() - this.#since) / 1000);
    this.#recorder.record('cloud.storage', stored, 'bytes', { service: 'efs', seconds }, 'worker');
  }
}
