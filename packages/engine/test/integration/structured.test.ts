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

test('forms of every kind are kept at temperature 1', async () => {
  const Tree = z.object({
    name: z.string().max(8),
    get children() {
      return z.array(Tree).max(1);
    },
  });
  const small = z.int().min(0).max(99);
  const forms = [
    z.object({ deep: z.object({ deeper: z.object({ deepest: z.enum(['red', 'green']) }) }) }),
    z
      .array(z.object({ x: small, y: small }))
      .min(1)
      .max(2),
    z.tuple([z.string().max(8), small.nullable(), z.boolean()]),
    z.string().regex(/^[A-Z]{3}-\d{4}$/),
    z.object({ n: z.string().regex(/^.\S$/), at: z.iso.datetime() }),
    z.union([z.object({ ok: z.literal(true), value: small }), z.object({ error: z.uuid() })]),
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('circle'), radius: small }),
      z.object({ type: z.literal('square'), side: z.number().min(0).max(1).multipleOf(0.01) }),
    ]),
    z.record(z.enum(['a', 'b']), small),
    z.object({ a: small.optional(), b: small.default(3).transform(String) }),
    Tree,
  ];
  const prompt = 'For example: {"name": "oak", "children": []}\nJSON:\n';
  await Promise.all(
    forms.map((structured) => engine.generate({ ...ask, prompt, structured, maxTokens: 300 })),
  );
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
  const schema = { type: 'array', uniqueItems: true };
  const structured = { schema, format: 'json' as const, strict: true };
  const thrown = await rejection(engine.generate({ ...ask, structured }));
  expect(thrown).toMatchObject({
    code: 'GuidanceError',
    retryable: false,
    message: expect.stringContaining("'uniqueItems'"),
  });
  const choice = { schema: ['yes', 'no'], format: 'choice' as const };
  expect(await engine.generate({ ...ask, structured: choice })).toMatch(/^(yes|no)$/);
});
