import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '@mlx/engine';
import { ChatCompletionSchema } from '@mlx/schemas';
import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createHandler, type Handler } from '../../src/index.js';
import { post } from '../support/requests.js';
import { writeModel, type WritingModel } from '../support/writing-model.js';
import { families, type Family, type Written } from './families.js';
import { openaiClient } from '../support/openai-client.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'book',
      parameters: {
        type: 'object',
        properties: {
          city: { type: 'string' },
          nights: { type: 'integer' },
          guest: { type: 'object', properties: { name: { type: 'string' } } },
          tags: { type: 'array', items: { type: 'string' } },
        },
      },
    },
  },
  {
    type: 'function' as const,
    function: { name: 'look-up', parameters: { type: 'object', properties: {} } },
  },
];

interface Answer {
  content: string;
  reasoning: string;
  calls: { name: string; arguments: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'mlx-families-'));
let engine: Engine;
let handler: Handler;
let client: OpenAI;

beforeAll(() => {
  engine = createEngine();
  handler = createHandler(engine);
  client = openaiClient(handler);
});

afterAll(async () => {
  await engine.shutdown();
  rmSync(folder, { recursive: true });
});

const entries = Object.entries(families);
const loading: Promise<WritingModel>[] = [];

/** Writes and loads the model of a family; the next one is loaded while its answers are looked at. */
function load(place: number): Promise<WritingModel> {
  return (loading[place] ??= loadModel(...(entries[place] ?? raise())));
}

async function loadModel(name: string, { answers, ...family }: Family): Promise<WritingModel> {
  const texts = Object.fromEntries(Object.entries(answers).map(([key, { text }]) => [key, text]));
  const path = join(folder, name);
  const written = writeModel(path, { ...family, texts });
  await engine.loadModel({ model: { id: name, path } });
  return written;
}

function raise(): never {
  throw new Error('There is no such family');
}

interface Found {
  /** Whole, streamed, and where only a call may be written. */
  readonly answers: readonly Answer[];
  /** With less and less room for it. */
  readonly cut: readonly Answer[];
}

/** Asks a family's model for all of its texts at once. */
async function answersOf(place: number): Promise<Record<string, Found>> {
  const [name, { answers }] = entries[place] ?? raise();
  const { promptLengths } = await load(place);
  if (place + 1 < entries.length) load(place + 1).catch(() => undefined);
  const asked = Object.entries(answers).map(async ([key, written]) => {
    const body = question(name, promptLengths[key] ?? 0, written.offered ?? true);
    const forced = { ...body, tool_choice: 'required' as const, parallel_tool_calls: true };
    const limits = CUTS.map((part) => Math.ceil(written.text.length * part));
    const [found, cut] = await Promise.all([
      Promise.all([whole(body), streamed(body), ...(isOnlyCalls(written) ? [whole(forced)] : [])]),
      Promise.all(limits.map((max_tokens) => whole({ ...body, max_tokens }))),
    ]);
    return [key, { answers: found, cut }] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}

const CUTS = [0.1, 0.6];

const isOnlyCalls = ({ calls, content, reasoning, free }: Written) =>
  calls !== undefined && content === undefined && reasoning === undefined && free !== true;

const question = (model: string, promptLength: number, offered: boolean) => ({
  model,
  messages: [{ role: 'user' as const, content: 'x'.repeat(promptLength) }],
  temperature: 0,
  max_tokens: 300,
  ...(offered ? { tools } : {}),
});

type Message = OpenAI.ChatCompletionMessage & { reasoning_content?: string };

type Question = ReturnType<typeof question> &
  Pick<OpenAI.ChatCompletionCreateParams, 'tool_choice' | 'parallel_tool_calls'>;

async function whole(body: Question): Promise<Answer> {
  const { choices } = await client.chat.completions.create(body);
  const message = choices[0]?.message as Message;
  const calls = (message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function' ? [call.function] : [],
  );
  return { content: message.content ?? '', reasoning: message.reasoning_content ?? '', calls };
}

async function streamed(asked: ReturnType<typeof question>): Promise<Answer> {
  const body = { ...asked, stream: true as const };
  const answer: Answer = { content: '', reasoning: '', calls: [] };
  for await (const { choices } of await client.chat.completions.create(body)) {
    const delta = choices[0]?.delta as Partial<Message> & OpenAI.ChatCompletionChunk.Choice.Delta;
    answer.content += delta.content ?? '';
    answer.reasoning += delta.reasoning_content ?? '';
    for (const { index, function: piece } of delta.tool_calls ?? []) {
      const call = (answer.calls[index] ??= { name: '', arguments: '' });
      call.name += piece?.name ?? '';
      call.arguments += piece?.arguments ?? '';
    }
  }
  return answer;
}

function expectAnswer({ content, reasoning, calls }: Answer, expected: Written): void {
  expect(calls.map((call) => [call.name, JSON.parse(call.arguments)])).toEqual(
    expected.calls ?? [],
  );
  expect({ content, reasoning }).toEqual({
    content: expected.content ?? '',
    reasoning: expected.reasoning ?? '',
  });
}

describe.each(entries.map(([name, family], place) => [name, family, place] as const))(
  'a model that writes %s',
  (name, family, place) => {
    let found: Record<string, Found>;
    beforeAll(async () => {
      found = await answersOf(place);
    });
    afterAll(async () => {
      await engine.unloadModel(name);
    });

    it('says so', async () => {
      const { toolFormat } = await engine.capabilities(name);
      expect(toolFormat).toBe(family.format ?? name);
    });

    const [marker] = family.special ?? [];
    if (marker !== undefined) {
      it('takes markers in a message for text, unless a part allows them', async () => {
        const text = `a${marker}b`;
        const promptTokens = async (part: object) => {
          const content = [{ type: 'text', text, ...part }];
          const body = { model: name, max_tokens: 1, messages: [{ role: 'user', content }] };
          const response = await handler.fetch(post('/v1/chat/completions', body));
          return ChatCompletionSchema.parse(await response.json()).usage?.prompt_tokens;
        };
        const asText = await promptTokens({});
        const asMarker = await promptTokens({ allow_special_tokens: true });
        expect(Number(asText) - Number(asMarker)).toBe(marker.length - 1);
      });
    }

    it.each(Object.entries(family.answers))('is read right: %s', (text, expected) => {
      const { answers } = found[text] ?? raise();
      for (const answer of answers) expectAnswer(answer, expected);
      expect(answers).toHaveLength(isOnlyCalls(expected) ? 3 : 2);
    });

    it.each(Object.entries(family.answers))(
      'shows no markup where it is cut: %s',
      (text, expected) => {
        for (const { content, reasoning, calls } of found[text]?.cut ?? raise()) {
          expect(expected.content ?? '').toContain(content.trimEnd());
          expect(expected.reasoning ?? '').toContain(reasoning.trimEnd());
          const named = (expected.calls ?? []).map(([called]) => called);
          expect(named.slice(0, calls.length)).toEqual(calls.map((call) => call.name));
        }
      },
    );
  },
);

/** A model of a family that writes one of its texts, under a name of its own. */
async function writerOf(name: string, family: string, answer: string) {
  const { answers, ...form } = families[family] ?? raise();
  const written = answers[answer] ?? raise();
  const { promptLengths } = await loadModel(name, { ...form, answers: { [answer]: written } });
  return { written, body: question(name, promptLengths[answer] ?? 0, true) };
}

it('calls have numbers that count over the conversation, where a format numbers them', async () => {
  const { body } = await writerOf('numbered', 'kimi_k2', 'two calls');
  const call = { type: 'function' as const, function: { name: 'book', arguments: '{}' } };
  const { choices } = await client.chat.completions.create({
    ...body,
    messages: [
      ...body.messages,
      { role: 'assistant', content: '', tool_calls: [{ id: 'call_a', ...call }] },
      { role: 'tool', tool_call_id: 'call_a', content: '' },
    ],
  });
  expect(choices[0]?.message.tool_calls?.map(({ id }) => id)).toEqual([
    'functions.book:1',
    'functions.look-up:2',
  ]);
});

it('two hundred tools of twenty properties are held', async () => {
  const { written, body } = await writerOf('many', 'json_tools', 'values');
  const numbers = [...Array(20).keys()];
  const properties = Object.fromEntries(numbers.map((n) => [`p${n}`, { type: 'string' }]));
  const others = [...Array(200).keys()].map((n) => ({
    type: 'function' as const,
    function: { name: `tool_${n}`, parameters: { type: 'object', properties } },
  }));
  expectAnswer(await whole({ ...body, tools: [...tools, ...others] }), written);
});
