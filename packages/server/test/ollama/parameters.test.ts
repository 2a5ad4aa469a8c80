import { expect, it } from 'vitest';
import { setUpOllama } from '../support/ollama-client.js';
import { PIXEL } from '../support/images.js';

const messages = [{ role: 'user', content: 'Hi' }];

async function asked(body: object, path = '/api/chat') {
  const { engine, ask } = setUpOllama();
  const response = await ask(path, { stream: false, ...body });
  if (!response.ok) throw new Error(await response.text());
  return { params: engine.calls[0], ignored: response.headers.get('mlx-ignored') };
}

async function refused(body: object, path = '/api/chat') {
  const { ask } = setUpOllama();
  const response = await ask(path, body);
  return { status: response.status, body: await response.json() };
}

it('options that are honoured reach the engine under its names', async () => {
  const options = {
    num_predict: 7,
    temperature: 0.5,
    top_k: 40,
    top_p: 0.9,
    min_p: 0.1,
    seed: 0,
    stop: ['\n'],
    repeat_penalty: 1.1,
    presence_penalty: 0.2,
    frequency_penalty: 0.3,
    repeat_last_n: -1,
  };
  const { params, ignored } = await asked({ messages, options });
  expect(params).toMatchObject({
    maxTokens: 7,
    temperature: 0.5,
    topK: 40,
    topP: 0.9,
    minP: 0.1,
    seed: 0,
    stopSequences: ['\n'],
    repetitionPenalty: 1.1,
    presencePenalty: 0.2,
    frequencyPenalty: 0.3,
  });
  expect(ignored).toBeNull();
});

it('options that are off, or mean the default, are left out', async () => {
  const options = { num_predict: -1, top_k: -1, seed: -1, stop: [], mirostat: 0, tfs_z: 1 };
  const { params, ignored } = await asked({ messages, options, format: '', tools: [] });
  expect(params).toEqual({ model: params?.model, messages, topK: 0 });
  expect(ignored).toBeNull();
});

it('what only concerns how a runtime is set up is named', async () => {
  const { ignored } = await asked({
    messages,
    keep_alive: '10m',
    truncate: true,
    options: { num_ctx: 4096, num_gpu: 1, num_thread: 8, repeat_last_n: 64 },
  });
  expect(ignored?.split(', ').toSorted()).toEqual([
    'options.num_ctx',
    'options.num_gpu',
    'options.num_thread',
    'options.repeat_last_n',
    'truncate',
  ]);
});

it.each([
  [false, { enabled: false }],
  ['low', undefined],
])('think %j asks for %j of a model that does not think', async (think, reasoning) => {
  const { params, ignored } = await asked({ messages, think });
  expect(params?.reasoning).toEqual(reasoning);
  expect(ignored).toBe(reasoning ? null : 'think');
});

it.each([
  ['json', { type: 'object' }],
  [
    { type: 'object', properties: { a: {} } },
    { type: 'object', properties: { a: {} } },
  ],
])('format %j holds the answer to a schema', async (format, schema) => {
  expect((await asked({ messages, format })).params?.structured).toEqual({
    schema,
    format: 'json',
    strict: false,
  });
});

it('the tag of the newest version is no part of a name', async () => {
  const { params } = await asked({ model: 'acme/echo:latest', messages });
  expect(params?.model).toBe('acme/echo');
});

it.each([
  ['messages.0.images.0', { messages: [{ ...messages[0], images: [PIXEL] }] }, '/api/chat'],
  ['options.mirostat', { messages, options: { mirostat: 1 } }, '/api/chat'],
  [
    'options.repeat_last_n',
    { messages, options: { repeat_penalty: 1.2, repeat_last_n: 64 } },
    '/api/chat',
  ],
  ['suffix', { prompt: 'a', suffix: 'b' }, '/api/generate'],
  ['context', { prompt: 'a', context: [1, 2] }, '/api/generate'],
  ['template', { prompt: 'a', template: '{{ .Prompt }}' }, '/api/generate'],
  ['images.0', { prompt: 'a', images: [PIXEL] }, '/api/generate'],
  ['system', { prompt: 'a', raw: true, system: 'b' }, '/api/generate'],
])('%s, which would change the answer, is refused by name', async (name, body, path) => {
  expect(await refused(body, path)).toEqual({
    status: 400,
    body: { error: expect.stringContaining(`'${name}'`) },
  });
});
