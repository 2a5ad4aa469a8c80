import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '@mlx/engine';
import { ChatCompletionSchema } from '@mlx/schemas';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createHandler, type Handler } from '../../src/index.js';
import { writeRandomLlama } from '../support/random-llama.js';
import { templateAs } from '../support/random-model.js';
import { post } from '../support/requests.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** By template: tokens that stand in it. */
const families: Record<string, readonly string[]> = {
  system_first: [],
  by_turns: ['[INST]', '[/INST]', '[TOOL_CALLS]', '[TOOL_RESULTS]', '[/TOOL_RESULTS]'],
  no_system: ['<start_of_turn>', '<end_of_turn>'],
  harmony: ['<|start|>', '<|channel|>', '<|message|>', '<|end|>', '<|call|>', '<|return|>'],
  kimi: ['<|tool_calls_section_begin|>', '<|tool_call_begin|>', '<|tool_call_end|>'],
  glm: ['<|user|>', '<|assistant|>', '<|observation|>'],
};

const folder = mkdtempSync(join(tmpdir(), 'mlx-templates-'));
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

type Say = (place: number) => string;
/** A conversation whose texts are said by a function, so that each can be made longer. */
type Conversation = (say: Say) => object;

const turns =
  (...roles: string[]): Conversation =>
  (say) => ({ messages: roles.map((role, place) => ({ role, content: say(place) })) });

const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
const called = (id: string, args: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'look', arguments: args } }],
});
const look = { name: 'look', input_schema: { type: 'object' } };

/** A call, its result, and what the user says then, as agents send it. */
const withCall =
  (id: string): Conversation =>
  (say) => ({
    tools,
    messages: [
      { role: 'user', content: say(0) },
      called(id, JSON.stringify({ place: say(1) })),
      { role: 'tool', tool_call_id: id, content: say(2) },
      { role: 'user', content: say(3) },
    ],
  });

const conversations: Record<string, Conversation> = {
  'a system and a developer turn': turns('system', 'developer', 'user'),
  'a late system turn': turns('user', 'assistant', 'system', 'user'),
  'two users in a row': turns('system', 'user', 'user'),
  'two answers in a row': turns('user', 'assistant', 'assistant', 'user'),
  'an answer first': turns('assistant', 'user'),
  'an answer last': turns('user', 'assistant'),
  'an id of nine letters': withCall('abcDEF123'),
  'an id of OpenAI’s': withCall('call_0123456789abcdef01234567'),
  'an id of Anthropic’s': withCall('toolu_01A2b3C4d5'),
  'an id of Kimi’s': withCall('functions.look:0'),
  'two calls at once': (say) => ({
    tools,
    messages: [
      { role: 'user', content: say(0) },
      { ...called('a', '{}'), tool_calls: ['a', 'b'].flatMap((id) => called(id, '{}').tool_calls) },
      ...['a', 'b'].map((id, place) => ({
        role: 'tool',
        tool_call_id: id,
        content: say(place + 1),
      })),
    ],
  }),
};

/** Not all of these can be read as an object. */
const texts: Record<string, (word: string) => string> = {
  'cut text': (word) => `{"place": "${word}`,
  'a list': (word) => JSON.stringify([word]),
  'a text': (word) => JSON.stringify(word),
  'JSON in JSON': (word) => JSON.stringify(JSON.stringify({ place: word })),
};
for (const [name, write] of Object.entries(texts)) {
  conversations[`arguments of ${name}`] = (say) => ({
    tools,
    messages: [{ role: 'user', content: say(0) }, called('abcDEF123', write(say(1)))],
  });
}

/** So many tokens more, and each turn another number, so that the sum tells which is lost. */
const WORD = ' city';
const longer = (place: number) => 8 << place;
const short: Say = () => 'city';
const long: Say = (place) => `city${WORD.repeat(longer(place))}`;

function added(conversation: Conversation): number {
  let sum = 0;
  conversation((place) => {
    sum += longer(place);
    return '';
  });
  return sum;
}

async function promptTokens(model: string, body: object): Promise<number> {
  const asked = { model, max_tokens: 1, temperature: 0, ...body };
  const answer = await (await handler.fetch(post('/v1/chat/completions', asked))).json();
  const { usage } = ChatCompletionSchema.parse(answer);
  return usage?.prompt_tokens ?? 0;
}

const Counted = z.object({ input_tokens: z.number() });

async function counted(model: string, body: object): Promise<number> {
  const answer = await handler.fetch(post('/v1/messages/count_tokens', { model, ...body }));
  return Counted.parse(await answer.json()).input_tokens;
}

const asClaudeCodeSends: Conversation = (say) => ({
  tools: [look],
  system: say(0),
  messages: [
    { role: 'user', content: say(1) },
    { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: {} }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 't1', content: say(2) },
        { type: 'text', text: say(3) },
      ],
    },
    { role: 'system', content: say(4) },
    { role: 'user', content: say(5) },
  ],
});

describe.each(Object.entries(families))('a template as %s', (model, special) => {
  beforeAll(async () => {
    const path = join(folder, model);
    await writeRandomLlama(path, { template: templateAs(model), special });
    await engine.loadModel({ model: { id: model, path } });
  });
  afterAll(async () => {
    await engine.unloadModel(model);
  });

  it.each(Object.entries(conversations))('loses nothing of %s', async (_, conversation) => {
    const [few, many] = await Promise.all([
      promptTokens(model, conversation(short)),
      promptTokens(model, conversation(long)),
    ]);
    expect(many - few).toBe(added(conversation));
  });

  it('loses nothing of a result with a text beside it, as Claude Code sends it', async () => {
    const many = await counted(model, asClaudeCodeSends(long));
    const few = await counted(model, asClaudeCodeSends(short));
    expect(many - few).toBe(added(asClaudeCodeSends));
  });

  it.each(['', 'null', '{}'])('takes the arguments %j', async (args) => {
    const messages = [{ role: 'user', content: 'city' }, called('abcDEF123', args)];
    const empty = [messages[0], called('abcDEF123', '{}')];
    expect(await promptTokens(model, { tools, messages })).toBe(
      await promptTokens(model, { tools, messages: empty }),
    );
  });
});
