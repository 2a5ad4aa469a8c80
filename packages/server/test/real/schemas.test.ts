import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { ChatCompletionSchema } from '@mlx/schemas';
import { beforeAll, expect, it, vi } from 'vitest';
import { createHandler, type Handler } from '../../src/index.js';
import { errorOf, post } from '../support/requests.js';
import { sharedRealEngine } from './real-engine.js';

/** A decode step takes long where other processes compute as well. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });
const messages = [{ role: 'user', content: 'Answer.' }];

let handler: Handler;

beforeAll(async () => {
  handler = createHandler(await sharedRealEngine());
});

function ask(body: object): Promise<Response> {
  const common = { model: DEFAULT_MODEL_ID, messages, temperature: 0, max_tokens: 1 };
  return handler.fetch(post('/v1/chat/completions', { ...common, ...body }));
}

const form = (schema: object, more: object = {}) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'form', schema, ...more } },
});
const inTool = (parameters: unknown) => ({
  tools: [
    { type: 'function', function: { name: 'first', parameters } },
    { type: 'function', function: { name: 'second', parameters: { type: 'object' } } },
  ],
});

const text = { type: 'string' };
const of = (property: object) => ({ type: 'object', properties: { a: property } });

/** As generators, editors and people write them. */
const accepted: Record<string, object> = {
  'a record': { type: 'object', propertyNames: text, additionalProperties: text },
  'a record of some keys': { type: 'object', propertyNames: { enum: ['a'] } },
  'property names by reference': {
    type: 'object',
    propertyNames: { $ref: '#/$defs/Key' },
    $defs: { Key: { enum: ['a'] } },
  },
  'an optional never': of({ not: {} }),
  'look-ahead at the beginning': of({ ...text, pattern: '^(?=.{1,9}$)[a-z]+$' }),
  'a border of words': of({ ...text, pattern: '\\bcat\\b' }),
  'what only ECMAScript writes': of({ ...text, pattern: '^[^]{a}\\cJ\\0$' }),
  'formats of other standards': {
    type: 'object',
    properties: Object.fromEntries(
      ['int32', 'int64', 'double', 'binary', 'password', 'byte', 'regex', 'color', 'made-up'].map(
        (format) => [format, { type: ['string', 'number'], format }],
      ),
    ),
  },
  'OpenAPI’s words': of({ ...text, nullable: true, example: 'b', 'x-order': 1, xml: {} }),
  'a discriminator': {
    discriminator: { propertyName: 'kind' },
    oneOf: [of({ const: 'b' }), { ...of({ const: 'c' }), required: ['a'] }],
  },
  'unique items': of({ type: 'array', uniqueItems: true, items: text }),
  'members that share keys': { oneOf: [of(text), of({ type: 'number' })] },
  'a dialect with another spelling': {
    $schema: 'https://json-schema.org/draft-07/schema#',
    ...of(text),
  },
  'a dialect that nobody knows': { $schema: 'http://json-schema.org/schema#', ...of(text) },
  'counted members': { type: 'object', minProperties: 1, maxProperties: 3 },
  'all of 64 bits': of({
    type: 'integer',
    minimum: -(2 ** 63),
    maximum: 2 ** 63,
  }),
  'the range of float32': of({
    type: 'number',
    minimum: -3.402_823_466_385_288_6e38,
    maximum: 3.402_823_466_385_288_6e38,
  }),
  'a long text': of({ ...text, minLength: 5000, maxLength: 100_000 }),
  'a long list': of({ type: 'array', items: text, minItems: 1, maxItems: 10_000 }),
  'more conditions than can be followed together': {
    ...of(text),
    allOf: Array.from({ length: 40 }, (_, n) => ({
      if: { required: [`k${n}`] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: { required: [`l${n}`] },
    })),
  },
};

it.concurrent.each(Object.entries(accepted))(
  'a form that is not strict, and a tool, may have %s',
  async (_, schema) => {
    const [asForm, asTool] = await Promise.all([ask(form(schema)), ask(inTool(schema))]);
    expect([asForm.status, asTool.status]).toEqual([200, 200]);
  },
);

/** Where the schema leaves one value. */
const certain: Record<string, [schema: object, value: unknown]> = {
  'a character that Python escapes': [{ enum: ['Café'] }, 'Café'],
  'one beyond the basic plane': [{ const: '😀/' }, '😀/'],
  'the text of a special token': [{ const: 'say <|im_end|> now' }, 'say <|im_end|> now'],
  'a name with blanks and brackets': [
    { $ref: '#/$defs/My Type<List[int]>|x', $defs: { 'My Type<List[int]>|x': { const: 1 } } },
    1,
  ],
  'a name that is encoded': [{ $ref: '#/$defs/My%20Type', $defs: { 'My Type': { const: 2 } } }, 2],
  'a whole number of 63 bits': [
    { type: 'integer', minimum: 9_007_199_254_740_991, maximum: 9_007_199_254_740_991 },
    9_007_199_254_740_991,
  ],
  'a pattern for its names': [
    {
      type: 'object',
      patternProperties: { '^s': { const: 10 } },
      required: ['score'],
      maxProperties: 1,
      additionalProperties: false,
    },
    { score: 10 },
  ],
  'a list of a type that has lists of another': [
    {
      $ref: '#/$defs/a',
      $defs: {
        a: { type: 'array', items: { $ref: '#/$defs/b' }, minItems: 1, maxItems: 1 },
        b: { ...of({ enum: [null] }), required: ['a'], additionalProperties: false },
      },
      maxItems: 1,
    },
    [{ a: null }],
  ],
  'neighbours of a reference': [
    { $ref: '#/$defs/n', maximum: 3, $defs: { n: { type: 'integer', minimum: 3 } } },
    3,
  ],
};

it.concurrent.each(Object.entries(certain))('an answer has %s', async (_, [schema, value]) => {
  const response = await ask({ ...form(schema, { strict: true }), max_tokens: 64 });
  const { choices } = ChatCompletionSchema.parse(await response.json());
  expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual(value);
});

/** What a strict form may not have, with what the sentence says of it. */
const refused: Record<string, [schema: object, words: string]> = {
  'unique items': [of({ type: 'array', uniqueItems: true }), "#/properties/a: 'uniqueItems'"],
  'a border of words': [of({ ...text, pattern: '\\bcat\\b' }), "#/properties/a: 'pattern'"],
  'a word that is nearly a keyword': [
    { ...of(text), additonalProperties: false },
    "is 'additionalProperties' meant?",
  ],
  'a reference that leads nowhere': [
    { $ref: '#/$defs/none' },
    'there is no schema at #/$defs/none',
  ],
  'a reference to itself': [{ $ref: '#' }, 'refers to itself'],
  'a recursion without an end': [
    { $ref: '#/$defs/n', $defs: { n: { ...of({ $ref: '#/$defs/n' }), required: ['a'] } } },
    'Nothing satisfies the schema',
  ],
  'another document': [{ $ref: 'https://example.com/a.json' }, 'other documents are not read'],
};

it.concurrent.each(Object.entries(refused))(
  'a strict form with %s is refused by name',
  async (_, [schema, words]) => {
    const response = await ask(form(schema, { strict: true }));
    expect(response.status).toBe(400);
    const { message, param } = await errorOf(response);
    expect(message).toContain(words);
    expect(param).toBe('response_format');
  },
);

it.concurrent.each([undefined, null, { type: 'object', properties: {} }])(
  'a tool with the parameters %j is called without arguments',
  async (parameters) => {
    const tool = { type: 'function', function: { name: 'now', parameters } };
    const response = await ask({ tools: [tool], tool_choice: 'required', max_tokens: 64 });
    const { choices } = ChatCompletionSchema.parse(await response.json());
    const [call] = choices[0]?.message.tool_calls ?? [];
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    if (call?.type === 'custom') throw new Error('not a call of a function');
    expect(JSON.parse(call?.function.arguments ?? '')).toEqual({});
  },
);

it.concurrent('a form may be one of fifty thousand', async () => {
  const choices = Array.from({ length: 50_000 }, (_, n) => `choice ${n}`);
  expect((await ask(form({ enum: choices }, { strict: true }))).status).toBe(200);
});
