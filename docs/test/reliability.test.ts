import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { exists, namedTests, promisedCases, unprovenPromises } from './promises.ts';

const root = new URL('../../', import.meta.url);

it('every promise names a test, and every test that is named exists', () => {
  const tests = namedTests();
  expect(tests.length).toBeGreaterThan(80);
  expect(unprovenPromises()).toEqual([]);
  expect(tests.filter((test) => !exists(test))).toEqual([]);
});

it('every case from 1 to 46 has its line', () => {
  expect(promisedCases()).toEqual(Array.from({ length: 46 }, (_, index) => index + 1));
});

/** Moments that are told to people, and ages of files, whose dates are the wall clock's. */
const told = new Set([
  'packages/ai-provider/src/transport/engine-transport.ts',
  'packages/engine/src/cli/list-command.ts',
  'packages/engine/src/events/engine-emitter.ts',
  'packages/engine/src/setup/store/trim-store.ts',
  'packages/engine/src/tracing/generation-trace.ts',
  'packages/telemetry/src/gap-histogram.ts',
  'packages/server/src/cli/model-commands.ts',
  'packages/server/src/logger.ts',
  'packages/server/src/models/served-models.ts',
  'packages/server/src/endpoints/score.ts',
  'packages/server/src/openai/chat-format.ts',
  'packages/server/src/openai/completion-echo.ts',
  'packages/server/src/ollama/ollama-writer.ts',
  'packages/server/src/ollama/plan-answers.ts',
  'packages/server/src/openai/completion-format.ts',
  'packages/server/src/responses/response-writer.ts',
  'packages/server/src/routes/ollama.ts',
]);

it('no deadline is measured by the wall clock', () => {
  const sources = [
    ...globSync('packages/*/src/**/*.ts', { cwd: root.pathname }),
    ...globSync('python-runtime/src/**/*.py', { cwd: root.pathname }),
  ];
  const readers = sources.filter((file) =>
    /\bDate\.now\(|new Date\(\)|\btime\.time\(/.test(readFileSync(new URL(file, root), 'utf8')),
  );
  expect(readers.filter((file) => !told.has(file))).toEqual([]);
});
