import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Output, generateText, streamText, tool, type LanguageModel } from 'ai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createMlx } from '../../src/index.js';
import { sleep } from '../support/calls.js';
import { modelId, startBothWays, type BothWays } from './both-ways.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
globalThis.AI_SDK_LOG_WARNINGS = false;

const prompt = 'What is the weather in Oslo and in Rome?';
const story = 'Tell me a very long story.';

const parallel = { local: { parallel_tool_calls: true }, mlx: { parallelToolCalls: true } };

/** A proxy that has an error of its own. */
const fetch = async () =>
  Response.json({ error: 'The queue is full.' }, { status: 400, statusText: 'Bad Request' });

const failure = (model: LanguageModel) =>
  generateText({ model, prompt }).catch((error: Error) => error.message);

let both: BothWays;
let ours: LanguageModel;
let other: LanguageModel;
beforeAll(async () => {
  both = await startBothWays();
  ours = both.providers['over HTTP'](modelId);
  const compatible = createOpenAICompatible({ name: 'local', baseURL: `${both.server.url}/v1` });
  other = compatible(modelId);
});
afterAll(() => both[Symbol.asyncDispose]());

/** The same call of both, on the same server. */
async function onBoth<Result>(call: (model: LanguageModel) => Promise<Result>) {
  return { ours: await call(ours), other: await call(other) };
}

describe('beside @ai-sdk/openai-compatible on the same server', () => {
  it('streams have usage', async () => {
    const usage = await onBoth(async (model) => {
      const result = streamText({ model, prompt, maxOutputTokens: 2 });
      await result.consumeStream();
      const { inputTokens, outputTokens, inputTokenDetails } = await result.usage;
      return [inputTokens, outputTokens, inputTokenDetails.cacheReadTokens];
    });
    expect(usage.ours).toEqual([expect.any(Number), 2, expect.any(Number)]);
    expect(usage.other).toEqual([undefined, undefined, undefined]);
  });

  it('typed answers are held to their schema', async () => {
    const held = await onBoth(async (model) => {
      const schema = z.object({ city: z.enum(['Oslo', 'Rome']) });
      const output = Output.object({ schema });
      return generateText({ model, prompt, output, seed: 1, maxOutputTokens: 40 }).then(
        (result) => result.output.city,
        () => 'no object of the schema',
      );
    });
    expect(['Oslo', 'Rome']).toContain(held.ours);
    expect(held.other).toBe('no object of the schema');
  });

  it('top-k has an effect', async () => {
    const answers = await onBoth(async (model) => {
      const { text, warnings } = await generateText({ model, prompt, topK: 1, maxOutputTokens: 1 });
      return { text, features: (warnings ?? []).map((warning) => Reflect.get(warning, 'feature')) };
    });
    expect(answers.ours.features).toEqual([]);
    expect(answers.other.features).toEqual(['topK']);
  });

  it('answers tell the seed with which they can be had again', async () => {
    const seeds = await onBoth(async (model) => {
      const { providerMetadata = {} } = await generateText({ model, prompt, maxOutputTokens: 1 });
      return Object.values(providerMetadata).map((facts) => facts['seed']);
    });
    expect(seeds.ours).toEqual([expect.any(Number)]);
    expect(seeds.other.filter((seed) => seed !== undefined)).toEqual([]);
  });

  it('calls of tools come when they are whole', async () => {
    const parts = await onBoth(async (model) => {
      const weather = tool({ inputSchema: z.object({ city: z.enum(['Oslo', 'Rome']) }) });
      const call = {
        model,
        prompt,
        temperature: 0,
        maxOutputTokens: 60,
        providerOptions: parallel,
      };
      const result = streamText({ ...call, tools: { weather }, toolChoice: 'required' });
      const types: string[] = [];
      for await (const { type } of result.fullStream) types.push(type);
      return { call: types.indexOf('tool-call'), next: types.lastIndexOf('tool-input-start') };
    });
    expect(parts.ours.call).toBeLessThan(parts.ours.next);
    expect(parts.other.call).toBeGreaterThan(parts.other.next);
  });

  it('an option that is misspelt is refused', async () => {
    const answers = await onBoth(async (model) => {
      const wrong = { local: { min_pp: 0.5 }, mlx: { min_pp: 0.5 } };
      return generateText({ model, prompt, providerOptions: wrong, maxOutputTokens: 1 }).then(
        ({ warnings }) => warnings,
        (error: Error) => error.message,
      );
    });
    expect(answers.ours).toContain('min_pp');
    expect(answers.other).toEqual([]);
  });

  it('a stream whose loop was left stops', async () => {
    const rows = await onBoth(async (model) => {
      const abort = new AbortController();
      const call = { model, prompt: story, maxOutputTokens: 2000, seed: 1 };
      const result = streamText({ ...call, abortSignal: abort.signal, onError: () => undefined });
      for await (const _ of result.textStream) break;
      const left = await decodingAfter(both, 10_000);
      abort.abort();
      await decodingAfter(both, 20_000);
      return left;
    });
    expect(rows).toEqual({ ours: 0, other: 1 });
  });

  it('errors keep their own words, also those of a proxy', async () => {
    const mlx = createMlx({ fetch });
    const compatible = createOpenAICompatible({ name: 'local', baseURL: 'http://a/v1', fetch });
    expect(await failure(mlx(modelId))).toBe('The queue is full.');
    expect(await failure(compatible(modelId))).toBe('Bad Request');
  });

  it('documents can be reranked', () => {
    const compatible = createOpenAICompatible({ name: 'local', baseURL: both.server.url });
    expect(both.providers['over HTTP']).toHaveProperty('rerankingModel');
    expect(compatible).not.toHaveProperty('rerankingModel');
  });
});

/** Rows at work, as soon as there are none or the time is over. */
async function decodingAfter({ engine }: BothWays, timeoutMs: number): Promise<number> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const { rows } = await engine.getBatchStats();
    if (rows.decoding === 0 || performance.now() > giveUpAt) return rows.decoding;
    await sleep(50);
  }
}
