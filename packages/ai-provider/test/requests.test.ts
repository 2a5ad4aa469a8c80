import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { GeneratorParamsSchema } from '@mlx/schemas';
import { NoSuchModelError, createProviderRegistry } from 'ai';
import { describe, expect, it } from 'vitest';
import { createMlx } from '../src/index.js';
import { options } from './support/calls.js';
import { ScriptedEngine, end, token } from './support/scripted-engine.js';

async function ask(more: Partial<LanguageModelV4CallOptions>, reasoningOptions: string[] = []) {
  const engine = new ScriptedEngine(() => [token('Hello'), end()]);
  engine.reasoningOptions = reasoningOptions;
  const { warnings } = await createMlx({ engine })('org/model').doGenerate(options(more));
  const [request] = engine.asked;
  return { warnings, request: request ?? { messages: [] } };
}

const mlx = (own: Record<string, never> | object) => ({
  providerOptions: { mlx: own } as LanguageModelV4CallOptions['providerOptions'],
});

describe('settings', () => {
  it('reach the engine under its names', async () => {
    const { request, warnings } = await ask({
      maxOutputTokens: 7,
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stopSequences: ['.'],
      seed: 3,
      ...mlx({
        minP: 0.1,
        adapter: 'sql',
        logitBias: { 5: 1 },
        draftModel: false,
        priority: 2,
        tenant: 'ada',
      }),
    });
    expect(request).toMatchObject({
      model: 'org/model',
      maxTokens: 7,
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stopSequences: ['.'],
      seed: 3,
      minP: 0.1,
      logitBias: { 5: 1 },
      adapter: 'sql',
      draftModel: false,
      priority: 2,
    });
    expect(request).not.toHaveProperty('tenant');
    expect(warnings).toEqual([]);
  });

  it('have a seed that the engine takes, drawn where none is given', async () => {
    expect((await ask({ seed: -1 })).request).toHaveProperty('seed', Number.MAX_SAFE_INTEGER);
    const [one, other] = [await ask({}), await ask({})];
    expect(one.request).not.toEqual(other.request);
  });

  it.for([
    [{ minP: 2 }, "'minP': Expected a number from 0 to 1"],
    [{ minP: '1' }, "'minP'"],
    [{ min_p: 0.5 }, "'min_p': Unknown; known are minP"],
    [{ logitBias: { x: 1 } }, "'logitBias': 'x': Unknown key"],
    [{ logitBias: [] }, 'Expected an object'],
    [{ stopTokenIds: [1.5] }, "'stopTokenIds': '0': Expected an integer"],
    [{ stopTokenIds: 5 }, 'Expected a list'],
    [{ reasoning: { effort: 'max' } }, "'reasoning': 'effort': Expected one of none"],
    [{ draftModel: true }, 'or: Expected one of false'],
    [{ structured: { format: 'regex' } }, "Needs 'schema'"],
    [{ resume: 1 }, 'Expected true or false'],
    [{ tenant: '' }, 'Expected a text that is not empty'],
  ] as const)('are refused by name: %j', async ([own, message]) => {
    await expect(ask(mlx(own))).rejects.toThrow(message);
  });

  it.for([
    ['minP', 0, 1],
    ['repetitionPenalty', 0.01, 100],
    ['priority', -100, 100],
  ] as const)('have the limits of the engine: %s', async ([name, smallest, largest]) => {
    const allowed = (value: number) =>
      GeneratorParamsSchema.safeParse({ model: 'm', prompt: 'p', [name]: value }).success;
    for (const value of [smallest, largest]) {
      expect(allowed(value)).toBe(true);
      await expect(ask(mlx({ [name]: value }))).resolves.toBeDefined();
    }
    await expect(ask(mlx({ [name]: largest + 1 }))).rejects.toThrow(name);
    await expect(ask(mlx({ [name]: smallest - 1 }))).rejects.toThrow(name);
  });
});

describe('what has no effect is told by name', () => {
  it.for<[Partial<LanguageModelV4CallOptions>, string]>([
    [
      { tools: [{ type: 'provider', id: 'a.search', name: 's', args: {} }] },
      'provider tool a.search',
    ],
    [{ headers: { 'x-team': 'a', 'user-agent': 'ai/7' } }, 'headers.x-team'],
    [{ responseFormat: { type: 'json', name: 'person' } }, 'responseFormat.name'],
    [{ responseFormat: { type: 'json', description: 'p' } }, 'responseFormat.description'],
    [{ reasoning: 'high' }, 'reasoning'],
    [
      {
        tools: [
          { type: 'function', name: 't', inputSchema: {}, inputExamples: [{ input: { a: 1 } }] },
        ],
      },
      'inputExamples of tool t',
    ],
    [
      { prompt: [{ role: 'assistant', content: [{ type: 'custom', kind: 'a.b' }] }] },
      'assistant custom part',
    ],
  ])('%j', async ([more, feature]) => {
    const { warnings } = await ask(more);
    expect(warnings).toMatchObject([{ type: 'unsupported', feature }]);
  });

  it('and nothing is told of what has one', async () => {
    expect((await ask({ reasoning: 'none' })).warnings).toEqual([]);
    expect((await ask({ reasoning: 'provider-default' })).warnings).toEqual([]);
    expect((await ask({ headers: { 'x-team': undefined } })).warnings).toEqual([]);
  });
});

describe('thinking', () => {
  it('is asked for as the model can be asked', async () => {
    const effort = await ask({ reasoning: 'low' }, ['effort']);
    expect(effort.request).toMatchObject({ reasoning: { effort: 'low' } });
    const most = await ask({ reasoning: 'max' }, ['effort']);
    expect(most.request).toMatchObject({ reasoning: { effort: 'xhigh' } });
    expect(most.warnings).toMatchObject([{ type: 'compatibility', feature: 'reasoning' }]);
    const on = await ask({ reasoning: 'low' }, ['enabled']);
    expect(on.request).toMatchObject({ reasoning: { enabled: true } });
    expect(on.warnings).toMatchObject([{ type: 'compatibility', feature: 'reasoning' }]);
    const off = await ask({ reasoning: 'none' }, ['enabled', 'budgetTokens']);
    expect(off).toMatchObject({ request: { reasoning: { enabled: false } }, warnings: [] });
  });

  it('follows the options of this provider before those of the SDK', async () => {
    const { request } = await ask({ reasoning: 'low', ...mlx({ reasoning: { budgetTokens: 5 } }) });
    expect(request).toMatchObject({ reasoning: { budgetTokens: 5 } });
  });
});

describe('the conversation', () => {
  it('is shown with its calls, their results and its thoughts', async () => {
    const { request, warnings } = await ask({
      prompt: [
        { role: 'system', content: 'Be kind.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Read:' },
            { type: 'file', mediaType: 'text/plain', data: { type: 'data', data: btoa('Grüße') } },
            { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: 'there' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.' },
            { type: 'tool-call', toolCallId: 'c', toolName: 'now', input: { zone: 'utc' } },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'c',
              toolName: 'now',
              output: { type: 'json', value: { hour: 9 } },
            },
          ],
        },
      ],
    });
    expect(warnings).toEqual([]);
    expect(request.messages).toMatchObject([
      { role: 'system', content: 'Be kind.' },
      { role: 'user' },
      {
        role: 'assistant',
        content: null,
        reasoning: 'Hm.',
        toolCalls: [{ id: 'c', name: 'now', arguments: '{"zone":"utc"}' }],
      },
      { role: 'tool', toolCallId: 'c', content: '{"hour":9}' },
    ]);
  });

  it.for([
    [{ type: 'text', value: 'nine' }, 'nine'],
    [{ type: 'error-text', value: 'no clock' }, 'no clock'],
    [{ type: 'error-json', value: { code: 1 } }, '{"code":1}'],
    [{ type: 'execution-denied', reason: 'private' }, 'private'],
    [{ type: 'execution-denied' }, 'The user did not allow this call.'],
    [
      {
        type: 'content',
        value: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      'a\nb',
    ],
  ] as const)('shows what a tool answered: %j', async ([output, content]) => {
    const result = { type: 'tool-result', toolCallId: 'c', toolName: 't', output } as never;
    const { request } = await ask({ prompt: [{ role: 'tool', content: [result] }] });
    expect(request.messages).toMatchObject([{ role: 'tool', content }]);
  });

  it.for([
    ['bytes', new Uint8Array([1, 2, 255])],
    ['base64', 'AQL/'],
  ] as const)('shows images, given as %s', async ([, data]) => {
    const file = {
      type: 'file',
      mediaType: 'image/png',
      data: { type: 'data', data },
      providerOptions: { mlx: { imageDetail: 'low' } },
    } as const;
    const image = { type: 'image', image: 'data:image/png;base64,AQL/', detail: 'low' };
    const { request } = await ask({
      prompt: [{ role: 'user', content: [file, { type: 'text', text: 'What is it?' }] }],
    });
    expect(request.messages).toEqual([
      { role: 'user', content: [image, { type: 'text', text: 'What is it?' }] },
    ]);
  });

  it('shows images that tools answered, and warns of other files', async () => {
    const image = { type: 'file', mediaType: 'image', data: { type: 'data', data: 'AQL/' } };
    const sound = { ...image, mediaType: 'audio/wav' };
    const output = { type: 'content', value: [{ type: 'text', text: 'It:' }, image, sound] };
    const result = { type: 'tool-result', toolCallId: 'c', toolName: 't', output } as never;
    const { request, warnings } = await ask({ prompt: [{ role: 'tool', content: [result] }] });
    expect(request.messages).toMatchObject([
      {
        role: 'tool',
        content: [
          { type: 'text', text: 'It:' },
          { type: 'image', image: 'data:image;base64,AQL/' },
        ],
      },
    ]);
    expect(warnings).toMatchObject([{ feature: 'tool result file part' }]);
  });

  it('is refused with a file that is neither text nor image', async () => {
    const data = { type: 'data', data: new Uint8Array([1]) } as const;
    const content = [{ type: 'file', mediaType: 'audio/wav', data } as const];
    await expect(ask({ prompt: [{ role: 'user', content }] })).rejects.toThrow(
      "cannot be shown a file of type 'audio/wav'",
    );
  });
});

describe('the provider', () => {
  const provider = createMlx({ engine: new ScriptedEngine(() => [end()]) });

  it('keeps slashes and colons of ids in a registry', () => {
    const registry = createProviderRegistry({ mlx: provider });
    expect(registry.languageModel('mlx:org/model:q4').modelId).toBe('org/model:q4');
    expect(registry.embeddingModel('mlx:org/e').modelId).toBe('org/e');
    expect(registry.rerankingModel('mlx:org/r').modelId).toBe('org/r');
  });

  it('has no models of images', () => {
    expect(() => provider.imageModel('m')).toThrow(NoSuchModelError);
  });

  it('makes vectors and orders documents, objects too', async () => {
    const vectors = await provider.embeddingModel('m').doEmbed({ values: ['a', 'b'] });
    expect(vectors).toMatchObject({
      embeddings: [
        [1, 0],
        [1, 0],
      ],
      usage: { tokens: 2 },
    });
    const documents = { type: 'object' as const, values: [{ a: 1 }] };
    const { ranking } = await provider.reranking('m').doRerank({ documents, query: 'a' });
    expect(ranking).toEqual([{ index: 0, relevanceScore: 0.5 }]);
  });
});
