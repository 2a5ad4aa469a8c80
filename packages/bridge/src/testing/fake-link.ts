import type { FakeGenerator } from './fake-generator.js';
import type { FakeScript } from './script.js';

export type Reply = { result: unknown } | { error: unknown } | 'none';

/** What answers and faults use of the fake that they belong to. */
export interface FakeLink {
  readonly script: FakeScript;
  readonly generator: FakeGenerator;
  readonly startedAt: number;
  readonly protocolVersion: number;
  notify(method: string, params: unknown): void;
  startHeartbeats(intervalMs: number): void;
  stopHeartbeats(): void;
}
