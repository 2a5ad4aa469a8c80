import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Output, generateText, streamText, tool, type LanguageModel } from 'ai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createMlx } from '../../src/index.js';
import { sleep } from '../support/calls.js';
import { modelId, reach, startBothWays, ways, type BothWays } from './both-ways.js';
import { capital, ignore, story } from './tasks.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
globalThis.AI_SDK_LOG_WARNINGS = false;

const prompt = 'What is the weather in Oslo and in Rome?';

const parallel = { local: { parallel_tool_calls: true }, mlx: { parallelToolCalls: true } };

/** A proxy that has an error of its own. */
const fetch = async () =>
  Response.json({ error: 'The queue is full.' }, { status: 400, statusText: 'Bad Request' });

const failure = (model: LanguageModel) =>
  generateText({ model, prompt }).catch((error: Error) => error.message);

const TokenSchema = z.object({ token: z.string(), logprob: z.number().max(0) });
const MetadataSchema = z.object({
  draftTokensAccepted: z.int().min(0),
  logprobs: z.array(TokenSchema.extend({ topLogprobs: z.array(TokenSchema) })),
});
type Told = z.infer<typeof MetadataSchema>;

const tokens = ({ logprobs = [] }: Partial<Told> = {}) => logprobs.map(({ token }) => token);

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

  it('answers tell how likely their tokens were, and how many were drafted', async () => {
    const asked = { local: { logprobs: true }, mlx: { logprobs: true } };
    const told = await onBoth(async (model) => {
      const call = { model, prompt, maxOutputTokens: 1, providerOptions: asked };
      const { providerMetadata = {} } = await generateText(call);
      return Object.values(providerMetadata).flatMap((facts) => Object.keys(facts));
    });
    expect(told.ours).toEqual(expect.arrayContaining(['draftTokensAccepted', 'logprobs']));
    expect(told.other).not.toContain('logprobs');
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

const bothWays = () => ways.map((way) => reach(both, way).model);

describe('both ways at once', () => {
  it('say the same of how likely tokens were and of what drafting brought', async () => {
    const call = { prompt: 'Say one two one two one two one two.', temperature: 0, seed: 1 };
    const mlx = { logprobs: 2, promptLookup: true };
    const told = await Promise.all(
      bothWays().map(async (model) => {
        const answer = { ...call, model, maxOutputTokens: 8, providerOptions: { mlx } };
        const { text, providerMetadata } = await generateText(answer);
        return { text, ...MetadataSchema.parse(providerMetadata?.['mlx']) };
      }),
    );
    const [inProcess, overHttp] = told;
    for (const { text, logprobs } of told) {
      expect(logprobs.map(({ token }) => token).join('')).toContain(text);
      for (const { token, logprob, topLogprobs } of logprobs) {
        expect(topLogprobs).toHaveLength(2);
        // The likeliest is chosen.
        expect(topLogprobs[0]).toMatchObject({ token, logprob });
      }
    }
    expect(tokens(overHttp)).toEqual(tokens(inProcess));
  });

  it('go on where a reader left them', async () => {
    const base = { prompt: story, maxOutputTokens: 20, seed: 5, temperature: 1 } as const;
    await Promise.all(
      bothWays().map(async (model) => {
        const whole = generateText({ ...base, model });
        let read = '';
        for await (const delta of streamText({ ...base, model }).textStream) {
          read += delta;
          if (read === delta) await sleep(1500);
        }
        expect(read).toBe((await whole).text);
      }),
    );
  });

  it('tell once that the process died, as something to try again, and are served again', async () => {
    const [runtime] = (await both.engine.getRuntimeInfo()).models;
    const call = { prompt: story, maxOutputTokens: 2000, onError: ignore };
    const results = bothWays().map((model) => streamText({ ...call, model }));
    let begun = 0;
    const ends = results.map(async ({ fullStream, finishReason }) => {
      const errors: unknown[] = [];
      let seen = 0;
      for await (const part of fullStream) {
        if (part.type === 'error') errors.push(part.error);
        if (part.type !== 'text-delta') continue;
        seen += 1;
        if (seen === 1) begun += 1;
        if (seen === 1 && begun === ways.length) process.kill(runtime?.pid ?? 0, 'SIGKILL');
      }
      return { errors, reason: await finishReason };
    });
    const died = { errors: [expect.objectContaining({ isRetryable: true })], reason: 'error' };
    expect(await Promise.all(ends)).toEqual([died, died]);
    const again = bothWays().map((model) =>
      generateText({ model, prompt: capital, temperature: 0 }),
    );
    for (const { text } of await Promise.all(again)) expect(text).toContain('Paris');
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
