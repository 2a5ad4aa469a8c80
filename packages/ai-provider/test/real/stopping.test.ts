import { generateText, streamText, type LanguageModel } from 'ai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sleep } from '../support/calls.js';
import { reach, startBothWays, ways, type BothWays } from './both-ways.js';
import { idle, ignore, story } from './tasks.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
globalThis.AI_SDK_LOG_WARNINGS = false;

let both: BothWays;
beforeAll(async () => {
  both = await startBothWays();
});
afterAll(() => both[Symbol.asyncDispose]());

describe.each(ways)('%s', (way) => {
  let model: LanguageModel;
  beforeAll(() => {
    ({ model } = reach(both, way));
  });

  it('ends at once when it is aborted, and when its time is over', async () => {
    const abort = new AbortController();
    const result = streamText({ model, prompt: story, abortSignal: abort.signal, onError: ignore });
    const types: string[] = [];
    for await (const { type } of result.fullStream) {
      types.push(type);
      if (type === 'text-delta') abort.abort();
    }
    expect(types.at(-1)).toBe('abort');
    await idle(both);
    const late = generateText({ model, prompt: story, maxOutputTokens: 2000, timeout: 300 });
    await expect(late).rejects.toThrow();
    await idle(both);
  });

  it('stops a generation whose loop was left', async () => {
    const before = await both.engine.getBatchStats();
    const result = streamText({ model, prompt: story, maxOutputTokens: 2000, seed: 1 });
    for await (const _ of result.textStream) break;
    await idle(both);
    const after = await both.engine.getBatchStats();
    expect(after.requests.cancelled - before.requests.cancelled).toBe(1);
    const generated = after.tokens.generated;
    expect(generated - before.tokens.generated).toBeLessThan(200);
    await sleep(300);
    expect((await both.engine.getBatchStats()).tokens.generated).toBe(generated);
  });
});
