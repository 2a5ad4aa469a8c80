import {
  Output,
  ToolLoopAgent,
  createProviderRegistry,
  embedMany,
  generateText,
  isStepCount,
  rerank,
  streamText,
  tool,
  type LanguageModel,
} from 'ai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { runEarly, type MlxProvider } from '../../src/index.js';
import { modelId, reach, startBothWays, ways, type BothWays } from './both-ways.js';
import { beginning, capital, closing, isJsonSoFar, story, weatherTool } from './tasks.js';

// Generous: a test machine may be busy with other things, and several run at once.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
globalThis.AI_SDK_LOG_WARNINGS = false;

let both: BothWays;
beforeAll(async () => {
  both = await startBothWays();
});
afterAll(() => both[Symbol.asyncDispose]());

const named = (adapter: string) => ({ providerOptions: { mlx: { adapter } } });

// What runs at once shares the steps of the model.
describe.concurrent.each(ways)('%s', (way) => {
  let mlx: MlxProvider;
  let model: LanguageModel;
  beforeAll(() => {
    ({ mlx, model } = reach(both, way));
  });

  const ask = async (more: object) => {
    const base = { model, prompt: story, maxOutputTokens: 6, temperature: 1.5 };
    return (await generateText({ ...base, ...more })).text;
  };

  it('answers with usage and with facts of its own', async () => {
    const call = { model, prompt: capital, temperature: 0, maxOutputTokens: 12 } as const;
    await generateText(call);
    const { text, finishReason, usage, providerMetadata, warnings, response } =
      await generateText(call);
    expect(text).toContain('Paris');
    expect(finishReason).toBe('stop');
    expect(usage).toMatchObject({ inputTokens: 37, inputTokenDetails: { cacheReadTokens: 36 } });
    expect(usage.outputTokens).toBeGreaterThan(3);
    expect(providerMetadata?.['mlx']).toMatchObject({
      totalTime: expect.any(Number),
      seed: expect.any(Number),
    });
    expect(warnings).toEqual([]);
    expect(response.modelId).toBe(modelId);
  });

  it('streams the same, with usage that nobody asked for', async () => {
    const result = streamText({ model, prompt: capital, temperature: 0, maxOutputTokens: 12 });
    let text = '';
    for await (const delta of result.textStream) text += delta;
    expect(text).toContain('Paris');
    const usage = await result.usage;
    expect(usage.inputTokens).toBe(37);
    expect(usage.inputTokenDetails.cacheReadTokens).toEqual(expect.any(Number));
  });

  it('follows seeds, top-k, min-p and the bias of single tokens', async () => {
    const { tokens } = await both.engine.tokenize({ model: modelId, text: ' Paris' });
    const logitBias = { [String(tokens[0])]: 100 };
    const [likeliest, seven, again, eight, one, certain, biased] = await Promise.all(
      [
        { temperature: 0 },
        { seed: 7 },
        { seed: 7 },
        { seed: 8 },
        { topK: 1 },
        { providerOptions: { mlx: { minP: 1 } } },
        { providerOptions: { mlx: { logitBias } } },
      ].map(ask),
    );
    expect(again).toBe(seven);
    expect(eight).not.toBe(seven);
    expect([one, certain]).toEqual([likeliest, likeliest]);
    expect(biased).toBe(' Paris'.repeat(6));
  });

  it('gives an answer again by the seed that was drawn for it', async () => {
    const base = { model, prompt: story, maxOutputTokens: 6, temperature: 1 };
    const first = await generateText(base);
    const seed = Number(first.providerMetadata?.['mlx']?.['seed']);
    expect((await generateText({ ...base, seed })).text).toBe(first.text);
  });

  it('computes with an adapter that the id or an option names, and refuses one that is not there', async () => {
    const [plain, byId, byOption] = await Promise.all(
      [{}, { model: mlx(`${modelId}:odd`) }, named('odd')].map((more) =>
        ask({ temperature: 0, ...more }),
      ),
    );
    expect(byId).not.toBe(plain);
    expect(byOption).toBe(byId);
    await expect(ask(named('even'))).rejects.toThrow("'even' is not loaded");
  });

  it('holds objects, lists, choices and JSON to their form', async () => {
    const person = z.object({ name: z.enum(['Ada', 'Bob']), age: z.int().min(1).max(99) });
    const call = { model, prompt: 'Invent a person.', maxOutputTokens: 80, seed: 1 } as const;
    const { output, warnings } = await generateText({
      ...call,
      output: Output.object({ schema: person }),
    });
    expect(person.parse(output)).toEqual(output);
    expect(warnings).toEqual([]);
    const stream = streamText({
      ...call,
      output: Output.array({ element: z.enum(['a', 'b']) }),
      providerOptions: { mlx: { logitBias: await closing(both) } },
    });
    for (const letter of await stream.output) expect(['a', 'b']).toContain(letter);
    const options = ['yes', 'no'];
    const choice = await generateText({ ...call, output: Output.choice({ options }) });
    expect(options).toContain(choice.output);
    const json = await generateText({ ...call, maxOutputTokens: 16, output: Output.json() }).catch(
      (error: unknown) => error,
    );
    expect(json).toSatisfy(isJsonSoFar);
  });

  it('holds a pattern in the same process, and refuses it where it cannot', async () => {
    const structured = { format: 'regex', schema: '[0-9]{3}-[0-9]{2}' };
    const call = { model, prompt: 'A number?', maxOutputTokens: 12 } as const;
    const answer = generateText({ ...call, providerOptions: { mlx: { structured } } });
    if (way === 'over HTTP') await expect(answer).rejects.toThrow('same process');
    else expect((await answer).text).toMatch(/^[0-9]{3}-[0-9]{2}$/);
  });

  it('calls a tool, reads its result and gives a typed answer', async () => {
    const asked: string[] = [];
    const schema = z.object({ sunny: z.boolean() });
    const { steps, output } = await generateText({
      model,
      prompt: 'Is it sunny in Oslo?',
      temperature: 0,
      maxOutputTokens: 40,
      tools: { weather: weatherTool((city) => (asked.push(city), 'Sun')) },
      output: Output.object({ schema }),
      providerOptions: { mlx: { parallelToolCalls: false } },
      prepareStep: ({ stepNumber }) =>
        stepNumber === 0
          ? { toolChoice: { type: 'tool', toolName: 'weather' } }
          : { toolChoice: 'none' },
      stopWhen: isStepCount(2),
    });
    expect(asked).toHaveLength(1);
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
    expect(steps[0]?.toolResults[0]?.output).toBe('Sun');
    expect(schema.parse(output)).toEqual(output);
  });

  it.each([
    ['a call', '<', 1],
    ['a typed answer', '{', 0],
  ])('is free to choose between tools and a typed answer: %s', async (_, likely, calls) => {
    const { text, toolCalls } = await generateText({
      model,
      prompt: 'Is it sunny in Oslo?',
      temperature: 0,
      maxOutputTokens: 40,
      tools: { weather: tool({ inputSchema: z.object({ city: z.enum(['Oslo', 'Rome']) }) }) },
      output: Output.object({ schema: z.object({ sunny: z.boolean() }) }),
      providerOptions: {
        mlx: { parallelToolCalls: false, logitBias: await beginning(both, likely) },
      },
    });
    expect(toolCalls).toHaveLength(calls);
    if (calls > 0)
      expect(toolCalls[0]?.input).toEqual({ city: expect.stringMatching(/Oslo|Rome/) });
    else expect(JSON.parse(text)).toEqual({ sunny: expect.any(Boolean) });
  });

  it('hands each call over when it is whole, so that its tool can run early', async () => {
    const events: string[] = [];
    const weather = weatherTool((city) => (events.push(`run ${city}`), 'Sun'));
    const result = streamText({
      model,
      prompt: 'What is the weather in Oslo and in Rome?',
      temperature: 0,
      maxOutputTokens: 60,
      toolChoice: 'required',
      tools: runEarly({ weather }),
      providerOptions: { mlx: { parallelToolCalls: true } },
    });
    for await (const { type } of result.fullStream) events.push(type);
    const first = events.indexOf('run Oslo');
    expect(first).toBeGreaterThan(-1);
    expect(first).toBeLessThan(events.lastIndexOf('tool-input-start'));
  });

  it('loops as an agent does', async () => {
    const agent = new ToolLoopAgent({
      model,
      instructions: 'Look the weather up.',
      tools: { weather: weatherTool() },
      toolChoice: 'required',
      temperature: 0,
      maxOutputTokens: 40,
      stopWhen: isStepCount(2),
      providerOptions: { mlx: { parallelToolCalls: false } },
    });
    const { steps } = await agent.generate({ prompt: 'Oslo?' });
    expect(steps.map(({ toolCalls }) => toolCalls.length)).toEqual([1, 1]);
    expect(steps[1]?.usage.inputTokenDetails.cacheReadTokens).toBeGreaterThan(50);
  });

  it('embeds and reranks', async () => {
    const { embeddings, usage } = await embedMany({
      model: mlx.embeddingModel(modelId),
      values: ['A cat sleeps.', 'A kitten naps.'],
    });
    expect(embeddings.map(({ length }) => length)).toEqual([576, 576]);
    expect(usage.tokens).toBe(10);
    const { ranking } = await rerank({
      model: mlx.rerankingModel(modelId),
      query: 'cats',
      documents: ['A cat sleeps.', 'Stocks fell.'],
      topN: 1,
    });
    expect(ranking).toMatchObject([{ score: expect.any(Number), document: expect.any(String) }]);
  });

  it('is found in a registry under an id with slashes', async () => {
    const registry = createProviderRegistry({ mlx });
    const found = registry.languageModel(`mlx:${modelId}`);
    const { text } = await generateText({ model: found, prompt: capital, temperature: 0 });
    expect(text).toContain('Paris');
  });

  it('says in its own words what is wrong, and tries nothing twice', async () => {
    const unknown = generateText({ model: mlx('org/unknown'), prompt: capital });
    await expect(unknown).rejects.toMatchObject({
      message: expect.stringContaining('org/unknown'),
      statusCode: 404,
      isRetryable: false,
    });
    const long = generateText({ model, prompt: 'word '.repeat(9000) });
    await expect(long).rejects.toMatchObject({ statusCode: 400, isRetryable: false });
  });

  it('tells by name what has no effect on this model', async () => {
    const call = { model, prompt: capital, reasoning: 'high', maxOutputTokens: 1 } as const;
    const { warnings } = await generateText(call);
    expect(warnings).toMatchObject([{ type: 'unsupported', feature: 'reasoning' }]);
  });
});
