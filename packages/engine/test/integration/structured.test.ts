import { afterAll, beforeAll, expect, expectTypeOf, test, vi } from 'vitest';
import * as z from 'zod';
import { createEngine, type Engine } from '../../src/index.js';
import { DEFAULT_MODEL_ID } from '../../src/setup/index.js';
import { rejection } from '../support/chunks.js';

const path = process.env['MLX_TEST_MODEL'] ?? DEFAULT_MODEL_ID;
const model = 'smol';

// Generous: a test machine may be busy with other things.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const Person = z.object({
  name: z.string().min(1).max(20),
  age: z.int().min(0).max(120),
  mood: z.enum(['glad', 'sad']),
});
const ask = { model, prompt: 'A person as JSON:\n', temperature: 1, seed: 3, maxTokens: 100 };

let engine: Engine;

beforeAll(async () => {
  engine = createEngine();
  await engine.loadModel({ model: { id: model, path } });
});

afterAll(() => engine.dispose());

test('a zod schema constrains the answer and types it', async () => {
  const person = await engine.generate({ ...ask, structured: Person });
  expectTypeOf(person).toEqualTypeOf<z.infer<typeof Person>>();
  expect(Person.parse(person)).toEqual(person);
});

test('an object fills in and ends as the one that generate returns', async () => {
  const partials: unknown[] = [];
  let object: z.infer<typeof Person> | undefined;
  for await (const chunk of engine.streamObject({ ...ask, structured: Person })) {
    if (chunk.type === 'partial') partials.push(chunk.partial);
    else object = chunk.object;
  }
  expect(partials[0]).toEqual({});
  expect(partials.at(-1)).toEqual(object);
  expect(object).toEqual(await engine.generate({ ...ask, structured: Person }));
});

test('a chat answers with the object and its text', async () => {
  const Answer = z.object({ country: z.enum(['France', 'Spain']) }).transform((it) => it.country);
  const turn = await engine.chat({
    model,
    messages: [{ role: 'user', content: 'In which country is Paris?' }],
    structured: Answer,
    maxTokens: 40,
    temperature: 0,
  });
  expectTypeOf(turn.object).toEqualTypeOf<'France' | 'Spain'>();
  expect(JSON.parse(turn.content)).toEqual({ country: turn.object });
});

test('an object that its token limit cut is an error with the text so far', async () => {
  const thrown = await rejection(engine.generate({ ...ask, structured: Person, maxTokens: 3 }));
  expect(thrown).toMatchObject({
    code: 'GenerationError',
    retryable: false,
    details: { type: 'answer_incomplete', finishReason: 'length', text: expect.any(String) },
  });
});

test('a refinement that does not hold is an error with the text', async () => {
  const Never = z.object({ n: z.int().min(1).max(9) }).refine(() => false, 'is never right');
  const thrown = await rejection(engine.generate({ ...ask, structured: Never }));
  expect(thrown).toMatchObject({
    code: 'GenerationError',
    message: expect.stringContaining('is never right'),
    details: { type: 'answer_refused' },
  });
});

test('a grammar that cannot be followed is refused, and the next request served', async () => {
  const structured = { schema: { not: { type: 'string' } }, format: 'json' as const };
  const thrown = await rejection(engine.generate({ ...ask, structured }));
  expect(thrown).toMatchObject({
    code: 'GuidanceError',
    retryable: false,
    message: expect.stringContaining("'not'"),
  });
  const choice = { schema: ['yes', 'no'], format: 'choice' as const };
  expect(await engine.generate({ ...ask, structured: choice })).toMatch(/^(yes|no)$/);
});
