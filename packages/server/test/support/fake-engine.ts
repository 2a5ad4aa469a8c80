import { Supervisor } from '@mlx/bridge';
import { fakeSidecar, type FakeScript } from '@mlx/bridge/testing';
import { createEngine, type Engine } from '@mlx/engine';
import { onTestFinished } from 'vitest';

export const FAKE_MODEL = 'fake';

/** An engine over real processes with a made-up model, loaded; gone when the test is over. */
export async function fakeEngine(...lives: FakeScript[]): Promise<Engine> {
  const command = fakeSidecar(...lives);
  const engine = createEngine({
    runner: {
      locateModel: async (model) => model,
      createProcess: (onStart) =>
        new Supervisor({ onStart, sidecar: command, spare: false, restartDelayBaseMs: 10 }),
    },
  });
  onTestFinished(async () => {
    await engine.dispose();
    command[Symbol.dispose]();
  });
  await engine.loadModel(FAKE_MODEL);
  return engine;
}

/** What a runtime says of a request with a grammar that was read in two passes. */
export const timeline = {
  encoded: 1,
  grammar: { start: 1, end: 3 },
  queued: 4,
  admitted: 5,
  prefill: [
    { start: 5, end: 9, tokens: 16 },
    { start: 9, end: 12, tokens: 8 },
  ],
  decoding: 13,
  ended: 20,
};

/** An answer that is one call of a tool. */
export const toolCall = {
  toolCall: { index: 0, id: 'call_1', name: 'weather', arguments: '{"city":"Paris"}' },
};

export const questionWithTools = {
  model: FAKE_MODEL,
  messages: [{ role: 'user', content: 'the secret question' }],
  tools: [
    {
      type: 'function',
      function: {
        name: 'weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } } },
      },
    },
  ],
};
