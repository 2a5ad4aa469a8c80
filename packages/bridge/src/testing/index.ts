export { fakeSidecar } from './fake-command.js';
export type { FakeCommand } from './fake-command.js';
export { monotonicMicroseconds, Pace } from './pace.js';
export type {
  FakeAction,
  FakeFault,
  FakeGeneration,
  FakeRowPart,
  FakeScript,
  FakeTrigger,
} from './script.js';
