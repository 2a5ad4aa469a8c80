import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { ChatCompletionSchema } from '@mlx/schemas';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHandler, type Handler } from '../../src/index.js';
import { post } from '../support/requests.js';

/** A prompt takes long where other processes compute as well. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const RULES = 'Answer in one word, politely, and never mention the weather. '.repeat(10);

let engine: Engine;
let handler: Handler;
const directory = mkdtempSync(join(tmpdir(), 'cached-tokens-'));

beforeAll(async () => {
  engine = createEngine({ config: { python_runtime: { restart_delay_base_ms: 10 } } });
  await engine.loadModel({
    model: { id: DEFAULT_MODEL_ID, path: DEFAULT_MODEL_ID },
    parameters: { promptStore: { directory } },
  });
  handler = createHandler(engine);
});

afterAll(async () => {
  await engine.shutdown();
  rmSync(directory, { recursive: true });
});

/** Tokens of a prompt, those that were kept, and those that had to be computed. */
async function ask(rules: string, question: string) {
  const messages = [
    { role: 'system', content: rules },
    { role: 'user', content: question },
  ];
  const body = { model: DEFAULT_MODEL_ID, messages, temperature: 0, max_tokens: 2 };
  const response = await handler.fetch(post('/v1/chat/completions', body));
  const { usage } = ChatCompletionSchema.parse(await response.json());
  const prompt = usage?.prompt_tokens ?? 0;
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  // The last token is the input of the first step of the answer.
  return { prompt, cached, computed: prompt - 1 - cached };
}

const prefilled = async () => (await engine.getBatchStats()).tokens.prefilled;

it('a prompt that was computed before is told as cached but for its last token', async () => {
  const cold = await ask(`One. ${RULES}`, 'Who?');
  const again = await ask(`One. ${RULES}`, 'Who?');
  expect([cold.cached, again.cached]).toEqual([0, again.prompt - 1]);
});

it('of prompts that begin alike and arrive together, the common part is computed once', async () => {
  const before = await prefilled();
  const asked = ['Who?', 'Where are you?', 'How old?'].map((text) => ask(`Two. ${RULES}`, text));
  const told = await Promise.all(asked);
  const computed = told.reduce((total, each) => total + each.computed, 0);
  expect(computed).toBe((await prefilled()) - before);
  expect(told.filter((each) => each.cached > 100)).toHaveLength(2);
});

it('a process that takes over tells what it found on disk, also for requests that it replays', async () => {
  await ask(`Three. ${RULES}`, 'Who?');
  await expect
    .poll(async () => (await engine.getCacheStats()).disk.entries, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(3);
  const [model] = (await engine.getRuntimeInfo()).models;
  process.kill(model?.pid ?? 0, 'SIGKILL');
  const [same, other] = await Promise.all([
    ask(`Three. ${RULES}`, 'Who?'),
    ask(`Three. ${RULES}`, 'Where are you?'),
  ]);
  expect(same.cached).toBe(same.prompt - 1);
  expect(other.cached).toBeGreaterThan(100);
  expect(await prefilled()).toBe(other.computed);
});
