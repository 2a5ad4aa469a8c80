export { fakeSidecar } from './fake-command.js';
export type { FakeCommand } from './fake-command.js';
export type {
  FakeAction,
  FakeFault,
  FakeGeneration,
  FakeRowPart,
  FakeScript,
  FakeTrigger,
} from './script.js';
