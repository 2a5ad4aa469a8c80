import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '@mlx/engine';
import { ChatCompletionSchema, CompletionSchema } from '@mlx/schemas';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHandler, type Handler } from '../../src/index.js';
import { writeRandomLlama, type RandomLlama } from '../support/random-llama.js';
import { templateAs } from '../support/random-model.js';
import { post } from '../support/requests.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'mlx-folders-'));
let engine: Engine;
let handler: Handler;

beforeAll(() => {
  engine = createEngine();
  handler = createHandler(engine);
});

afterAll(async () => {
  await engine.shutdown();
  rmSync(folder, { recursive: true });
});

type Files = Readonly<Record<string, string>>;

/** A folder with a good model, and what else is put there or in the place of something. */
async function load(id: string, files: Files, model: Partial<RandomLlama> = {}): Promise<void> {
  const path = join(folder, id);
  await writeRandomLlama(path, { template: templateAs('chatml'), ...model });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  await engine.loadModel({ model: { id, path } });
}

const messages = [{ role: 'user', content: 'Hello' }];
const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];

async function promptTokens(model: string, body: object): Promise<number | undefined> {
  const request = post('/v1/chat/completions', { model, messages, max_tokens: 1, ...body });
  const answer = ChatCompletionSchema.parse(await (await handler.fetch(request)).json());
  return answer.usage?.prompt_tokens;
}

const shards = JSON.stringify({ weight_map: { a: 'model-00001-of-00002.safetensors' } });

it('a folder with more than the model needs is served', async () => {
  const more = { 'model.safetensors.index.json': shards, 'pytorch_model.bin': 'x' };
  await load('more', { ...more, 'optimizer.pt': 'x' });
  expect(await promptTokens('more', {})).toBeGreaterThan(0);
});

const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';
const packed = { quantization_config: { quant_method: 'gptq', bits: 4 } };

it.each<[what: string, files: Files, model: Partial<RandomLlama>, words: string]>([
  ['a pointer for weights', { 'model.safetensors': pointer }, {}, 'model.safetensors is a pointer'],
  ['weights that are cut', { 'model.safetensors': 'x'.repeat(40) }, {}, 'model.safetensors'],
  ['weights of another kind of packing', {}, { config: packed }, 'packed by gptq'],
  ['no configuration', { 'config.json': '' }, {}, 'config.json is not readable as JSON'],
])('a folder with %s is refused for that', async (what, files, model, words) => {
  await expect(load(what.replaceAll(' ', '-'), files, model)).rejects.toThrow(words);
});

it('a template for tools is used with tools, wherever it is kept', async () => {
  const plain = '{% for m in messages %}{{ m.content }}{% endfor %}';
  const format = '{# <tool_call> tool_call.name #}{% if tools %}{% endif %}';
  const withTools = `${format}${' word'.repeat(50)}${plain}`;
  const named = [
    { name: 'default', template: plain },
    { name: 'tool_use', template: withTools },
  ];
  await load('listed', {}, { template: undefined, tokenizerConfig: { chat_template: named } });
  await load(
    'kept-apart',
    { 'additional_chat_templates/tool_use.jinja': withTools },
    { template: plain },
  );
  for (const model of ['listed', 'kept-apart']) {
    const without = Number(await promptTokens(model, {}));
    expect(await promptTokens(model, { tools })).toBe(without + 50);
  }
});

const tokensOf = async (prompt: string) => {
  const request = post('/v1/completions', { model: 'begins', prompt, max_tokens: 1 });
  const answer = CompletionSchema.parse(await (await handler.fetch(request)).json());
  return answer.usage?.prompt_tokens;
};

it('a prompt begins with one beginning, whether it is written or not', async () => {
  await load('begins', {}, { begin: '<|im_start|>' });
  expect(await tokensOf('<|im_start|>Hello')).toBe(await tokensOf('Hello'));
});

/** Greedy, with a token that outweighs all others where it is allowed. */
async function answerWith(model: string, token: number, body: object = {}) {
  const request = post('/v1/chat/completions', {
    model,
    messages,
    max_tokens: 12,
    temperature: 0,
    logit_bias: { [token]: 100 },
    ...body,
  });
  return ChatCompletionSchema.parse(await (await handler.fetch(request)).json()).choices[0];
}

it('a token with the number 0 may end an answer', async () => {
  await load('ends', {}, { config: { eos_token_id: 0 } });
  expect(await answerWith('ends', 0)).toMatchObject({
    finish_reason: 'stop',
    message: { content: '' },
  });
});

it('each token that a folder or a request names ends an answer, and no form before it is whole', async () => {
  const ends = JSON.stringify({ eos_token_id: [0, 7] });
  await load('several', { 'generation_config.json': ends }, { config: { eos_token_id: 5 } });
  const schema = { const: 'red' };
  const response_format = { type: 'json_schema', json_schema: { name: 'colour', schema } };
  // The last is the tokenizer's own.
  const named = [[0], [7], [2], [9, { stop_token_ids: [9] }]] as const;
  const answers = named.map(async ([token, more]) => [
    await answerWith('several', token, more),
    await answerWith('several', token, { ...more, response_format }),
  ]);
  for (const [free, held] of await Promise.all(answers)) {
    expect(free).toMatchObject({ finish_reason: 'stop', message: { content: '' } });
    expect(held).toMatchObject({ finish_reason: 'stop', message: { content: '"red"' } });
  }
});

it('what is drafted from the prompt changes no answer', async () => {
  await load('drafts', {});
  const asked = { messages: [{ role: 'user', content: 'a b c '.repeat(30) }], max_tokens: 40 };
  const [drafted, plain] = await Promise.all(
    [true, false].map((prompt_lookup) =>
      answerWith('drafts', 100, { ...asked, prompt_lookup, logit_bias: {} }),
    ),
  );
  expect(drafted).toEqual(plain);
});
