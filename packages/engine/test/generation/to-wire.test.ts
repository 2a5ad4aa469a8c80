import { RuntimeConfigSchema } from '@mlx/schemas/config';
import type { GeneratorParameter } from '@mlx/schemas';
import { wireParameters } from '@mlx/schemas/conventions';
import { GenerateParamsSchema, WireSamplingSchema, type WireSampling } from '@mlx/schemas/wire';
import { expect, test } from 'vitest';
import { planGeneration } from '../../src/generation/plan.js';
import { readParams } from '../../src/generation/read-params.js';
import { toSettings } from '../../src/settings.js';

const settings = toSettings(RuntimeConfigSchema.parse({ model: { default_max_tokens: 77 } }));
const context = {
  draftModel: undefined,
  adapter: undefined,
  samplingDefaults: {},
  defaultMaxTokens: settings.defaultMaxTokens,
};
const plan = (given: object, options: object = {}) =>
  planGeneration(readParams({ model: 'm', prompt: 'x', ...given }).params, options, context);
const wire = (params: object, options?: object) =>
  plan(params, options).requests.map((request) =>
    GenerateParamsSchema.parse(JSON.parse(JSON.stringify(request))),
  );

/** One value of each that is not what happens anyway. */
const sampled = {
  maxTokens: 5,
  temperature: 0.5,
  topP: 0.9,
  topK: 40,
  minP: 0.1,
  presencePenalty: 1,
  frequencyPenalty: -1,
  repetitionPenalty: 1.1,
  logitBias: { '5': 10 },
  seed: 3,
  stop: ['END'],
  stopTokenIds: [9],
  ignoreEos: true,
  logprobs: true,
  topLogprobs: 2,
} satisfies Required<WireSampling>;

test.each(Object.keys(WireSamplingSchema.shape) as (keyof WireSampling)[])(
  '%s reaches the runtime',
  (name) => {
    const needed = name === 'topLogprobs' ? { logprobs: true } : {};
    const [request] = wire({ ...needed, [wireParameters[name]]: sampled[name] });
    expect(request?.sampling[name]).toEqual(sampled[name]);
  },
);

test('a table without a field of the wire does not compile', () => {
  const { topK: _, ...incomplete } = wireParameters;
  // @ts-expect-error a field that is in the schema alone
  const table: Record<keyof WireSampling, GeneratorParameter> = incomplete;
  expect(table).not.toHaveProperty('topK');
});

test('what concerns a request as a whole reaches the runtime', () => {
  const [request] = wire(
    {
      queueTimeoutMs: 500,
      addSpecialTokens: false,
      priority: 1,
      promptLookup: false,
      prediction: 'Paris',
    },
    { priority: 7, tenant: 'acme', streamId: 's' },
  );
  expect(request).toMatchObject({
    streamId: 's',
    prompt: { type: 'text', text: 'x', addSpecialTokens: false },
    priority: 7,
    tenant: 'acme',
    queueTimeoutMs: 500,
    promptLookup: false,
    prediction: 'Paris',
    sampling: { maxTokens: 77 },
  });
});

test('n answers are n requests with seeds that count up', () => {
  const requests = wire({ n: 3, seed: 10 }, { streamId: 's' });
  expect(requests.map(({ streamId, sampling }) => [streamId, sampling.seed])).toEqual([
    ['s:0', 10],
    ['s:1', 11],
    ['s:2', 12],
  ]);
  expect(wire({ n: 2 }).every(({ sampling }) => sampling.seed === undefined)).toBe(true);
});

test('prompts: template, tokens, and conversation', () => {
  const template = { template: '{{a}} and {{ b }} and {{a}}', variables: { a: 1, b: 'two' } };
  expect(wire({ prompt: template })[0]?.prompt).toMatchObject({ text: '1 and two and 1' });
  expect(wire({ prompt: { tokens: [1, 2] } })[0]?.prompt).toEqual({
    type: 'tokens',
    tokens: [1, 2],
  });
  const messages = [
    { role: 'system', content: 'Be brief' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    },
    { role: 'assistant', content: null, toolCalls: [{ id: '1', name: 'f', arguments: '{}' }] },
    { role: 'tool', content: '4', toolCallId: '1' },
  ];
  const templateOptions = { thinking: false };
  expect(wire({ prompt: undefined, messages, templateOptions })[0]?.prompt).toEqual({
    type: 'chat',
    templateOptions,
    continueFinalMessage: false,
    messages: [
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'ab' },
      { role: 'assistant', content: null, toolCalls: [{ id: '1', name: 'f', arguments: '{}' }] },
      { role: 'tool', content: '4', toolCallId: '1' },
    ],
  });
});

test('events carry the beginning of a prompt, never half a character', () => {
  const summary = plan({ prompt: `${'x'.repeat(78)}😀${'y'.repeat(100)}` }).promptSummary;
  expect(summary).toBe(`${'x'.repeat(78)}…`);
  expect(plan({ prompt: 'short' }).promptSummary).toBe('short');
  expect(plan({ prompt: { tokens: [1, 2, 3] } }).promptSummary).toBe('3 token(s)');
  expect(plan({ prompt: { template: 'T', variables: {} } }).promptSummary).toBe('T');
  const messages = [{ role: 'user', content: 'secret' }];
  expect(plan({ prompt: undefined, messages }).promptSummary).toBe('1 message(s)');
});

test.each([
  [
    { schema: { type: 'integer' }, format: 'json' },
    { type: 'json_schema', schema: '{"type":"integer"}', strict: true },
  ],
  [
    { schema: { type: 'integer' }, format: 'json', strict: false },
    { type: 'json_schema', schema: '{"type":"integer"}', strict: false },
  ],
  [
    { schema: ' {"type": "integer"}', format: 'yaml' },
    { type: 'json_schema', schema: ' {"type": "integer"}', strict: true },
  ],
  [
    { schema: 'a+', format: 'regex' },
    { type: 'regex', pattern: 'a+' },
  ],
  [
    { schema: 'start: "a"', format: 'grammar' },
    { type: 'lark', grammar: 'start: "a"' },
  ],
  [
    { schema: ['yes', 'no'], format: 'choice' },
    { type: 'choice', choices: ['yes', 'no'] },
  ],
])('%j reaches the runtime as a grammar', (structured, grammar) => {
  expect(wire({ structured })[0]?.grammar).toEqual(grammar);
});
