import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { setupPythonEnvironment } from '@mlx/engine/setup';
import { CompletionSchema } from '@mlx/schemas';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createHandler, type Handler } from '../../src/index.js';
import { startRandomModel } from '../support/random-model.js';
import { post } from '../support/requests.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const SCRIPT = fileURLToPath(new URL('../support/forward_pass.py', import.meta.url));
const model = 'random';
const texts = [
  'The capital of France is Paris',
  'The capital of France is Rome',
  'A week has seven days. '.repeat(30),
  'Ünïcödé, numbers 123 and\nlines',
];

let running: Awaited<ReturnType<typeof startRandomModel>> | undefined;
let handler: Handler;

beforeAll(async () => {
  running = await startRandomModel(model);
  handler = createHandler(running.engine);
});

afterAll(async () => {
  await running?.stop();
});

async function ask<Schema extends z.ZodType>(schema: Schema, path: string, body: object) {
  const response = await handler.fetch(post(path, { model, ...body }));
  return schema.parse(await response.json());
}

async function forwardPass(directory: string, prompts: readonly number[][]) {
  const { python, env } = await setupPythonEnvironment({});
  const child = spawn(python, [SCRIPT, directory], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(prompts));
  const found = JSON.parse(await text(child.stdout));
  return z.array(z.array(z.tuple([z.number(), z.number()]))).parse(found);
}

const Tokens = z.object({ tokens: z.array(z.number()) });

it('scores as evaluation harnesses ask for them are those of mlx-lm’s own forward pass', async () => {
  const prompts = await Promise.all(
    texts.map(async (prompt) => (await ask(Tokens, '/v1/tokenize', { prompt })).tokens),
  );
  const body = {
    prompt: prompts,
    echo: true,
    max_tokens: 1,
    logprobs: 1,
    temperature: 0,
    seed: 1234,
  };
  const [{ choices }, expected] = await Promise.all([
    ask(CompletionSchema, '/v1/completions', body),
    forwardPass(running?.directory ?? '', prompts),
  ]);
  for (const [place, prompt] of prompts.entries()) {
    const told = choices.find(({ index }) => index === place)?.logprobs;
    // The last one is of the token that the answer has.
    const own = (told?.token_logprobs ?? []).slice(1, -1);
    expect(own).toEqual(expected[place]?.map(([value]) => expect.closeTo(value, 3)));
    for (const [behind, [, likeliest]] of (expected[place] ?? []).entries()) {
      const top = told?.top_logprobs?.[behind + 1] ?? {};
      const isGreedy = Math.max(...Object.values(top)) === own[behind];
      expect(isGreedy).toBe(likeliest === prompt[behind + 1]);
    }
  }
});
