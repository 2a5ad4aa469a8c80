import type { GeneratorChunk, GeneratorParams } from '@mlx/schemas';
import { expect, test } from 'vitest';
import type { FakeRowPart } from '@mlx/bridge/testing';
import { readAll, rejection } from '../support/chunks.js';
import { EngineRecorder } from '../support/engine-recorder.js';
import { loadedEngine } from '../support/fake-engine.js';

const tools = [
  {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    },
  },
];
const params: GeneratorParams = {
  model: 'm',
  messages: [{ role: 'user', content: 'How is the weather?' }],
  tools,
};

const rows: FakeRowPart[] = [
  { reasoning: 'Let me ' },
  { reasoning: 'see.' },
  { text: '' },
  { text: 'I will ' },
  { text: 'look.' },
  { toolCall: { index: 0, id: 'a', name: 'get_weather', arguments: '' } },
  { toolCall: { index: 0, arguments: '{"city":' } },
  { toolCall: { index: 0, arguments: '"Paris"}' } },
  { toolCall: { index: 1, id: 'b', name: 'get_weather', arguments: '{"city":"Rome"}' } },
  { finish: 'tool_calls' },
];

const scripted = (script: readonly FakeRowPart[]) =>
  loadedEngine({}, { generation: { rows: script } });

/** What was said, piece by piece: a slow consumer finds neighbours of one kind as one. */
function said(chunks: readonly GeneratorChunk[]): string[] {
  const pieces: string[] = [];
  let last = '';
  for (const chunk of chunks) {
    const [kind, text] = pieceOf(chunk);
    // Tokens without text come last.
    if (text === '') continue;
    if (kind === last) pieces.push(`${pieces.pop()}${text}`);
    else pieces.push(`${kind}: ${text}`);
    last = kind;
  }
  return pieces;
}

function pieceOf(chunk: GeneratorChunk): [kind: string, text: string] {
  switch (chunk.type) {
    case 'token':
      return ['text', chunk.token];
    case 'reasoning':
      return ['thought', chunk.text];
    case 'tool_call':
      return [`call ${chunk.toolCall.index}`, chunk.toolCall.arguments];
    case 'metadata':
      return ['end', String(chunk.finishReason)];
    case 'error':
      return ['error', chunk.error.message];
    default:
      return chunk satisfies never;
  }
}

const story = [
  'thought: Let me see.',
  'text: I will look.',
  'call 0: {"city":"Paris"}',
  'call 1: {"city":"Rome"}',
  'end: tool_calls',
];

test.each([true, false])('parts come in order, streaming %s', async (streaming) => {
  const { engine } = await scripted(rows);
  const chunks = await readAll(
    engine.chatStream({ ...params, messages: params.messages ?? [], streaming }),
  );
  expect(said(chunks)).toEqual(story);
  const tokens = chunks.flatMap((chunk) => ('tokenIds' in chunk ? (chunk.tokenIds ?? []) : []));
  expect(tokens).toEqual(rows.map((_, index) => index + 1));
  if (!streaming) expect(chunks).toHaveLength(story.length);
});

test('the first chunk tells what the prompt cost, and no other does', async () => {
  const { engine } = await scripted(rows);
  const [first, ...rest] = await readAll(engine.createGenerator(params));
  expect(first).toMatchObject({ type: 'reasoning', prompt: { cachedTokens: 0 } });
  expect(rest.filter((chunk) => 'prompt' in chunk)).toEqual([]);
});

test('a slow consumer finds the same', async () => {
  const { engine } = await scripted(rows);
  const chunks: GeneratorChunk[] = [];
  for await (const chunk of engine.createGenerator(params)) {
    chunks.push(chunk);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(said(chunks)).toEqual(story);
});

test('chat gives thoughts and calls beside the text', async () => {
  const { engine } = await scripted(rows);
  expect(await engine.chat({ ...params, messages: params.messages ?? [] })).toMatchObject({
    role: 'assistant',
    content: 'I will look.',
    reasoning: 'Let me see.',
    toolCalls: [
      { id: 'a', name: 'get_weather', arguments: '{"city":"Paris"}' },
      { id: 'b', name: 'get_weather', arguments: '{"city":"Rome"}' },
    ],
    finishReason: 'tool_calls',
  });
});

test('an answer without them has neither', async () => {
  const { engine } = await scripted([{ text: 'Sunny.' }]);
  const answer = await engine.chat(params.messages ?? []);
  expect(answer).not.toHaveProperty('toolCalls');
  expect(answer).not.toHaveProperty('reasoning');
});

test('a mismatch stays text, is told of, counted and can be counted anew', async () => {
  const { engine } = await scripted([{ text: '<tool_call>?', mismatch: 'no JSON' }]);
  const recorder = new EngineRecorder(engine);
  const { content } = await engine.chat({ ...params, messages: params.messages ?? [] });
  expect(content).toBe('<tool_call>?');
  expect(recorder.of('tool:mismatch')).toMatchObject([
    { model: 'm', reason: 'no JSON', text: '<tool_call>?' },
  ]);
  expect((await engine.getBatchStats('m')).toolMismatches).toBe(1);
  await engine.resetBatchStats('m');
  expect((await engine.getBatchStats()).toolMismatches).toBe(0);
});

test.each([
  ['{"city":"Paris"}', 0],
  ['{"city":7}', 1],
  ['{}', 1],
])('parsed arguments %s are checked against the schema', async (text, mismatches) => {
  const call = { index: 0, id: 'a', name: 'get_weather', arguments: text, raw: `raw ${text}` };
  const { engine } = await scripted([{ toolCall: call, finish: 'tool_calls' }]);
  const recorder = new EngineRecorder(engine);
  const answer = await engine.chat({ ...params, messages: params.messages ?? [] });
  expect(answer.toolCalls).toMatchObject([{ arguments: text }]);
  expect(recorder.of('tool:mismatch')).toHaveLength(mismatches);
  for (const event of recorder.of('tool:mismatch')) {
    expect(event).toMatchObject({ tool: 'get_weather', text: `raw ${text}` });
    expect(event.reason).toContain('city');
  }
});

test.each<[string, object]>([
  ['tools', { messages: undefined, prompt: 'x' }],
  ['tools.1.name', { tools: [...tools, ...tools] }],
  ['toolChoice', { tools: [], toolChoice: 'required' }],
  ['toolChoice.name', { toolChoice: { name: 'other' } }],
  ['reasoning', { messages: undefined, prompt: 'x', tools: undefined, reasoning: {} }],
  ['reasoning.effort', { reasoning: { effort: 'huge' } }],
])('%s that makes no sense is refused by name', async (field, wrong) => {
  const { engine } = await loadedEngine();
  const stream = engine.createGenerator({ ...params, ...wrong });
  expect(await rejection(stream.next())).toMatchObject({ details: { field } });
});

test('generate returns text alone, so it takes no tools', async () => {
  const { engine } = await loadedEngine();
  expect(await rejection(engine.generate(params))).toMatchObject({ details: { field: 'tools' } });
});
