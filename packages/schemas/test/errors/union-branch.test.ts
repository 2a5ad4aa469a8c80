import { expect, it } from 'vitest';
import * as z from 'zod';
import {
  ChatCompletionRequestSchema,
  GeneratorParamsSchema,
  LoadModelOptionsSchema,
} from '../../src/index.js';
import { rejectionOf } from '../support/rejection.js';

it.each<[string, z.ZodType, unknown, string]>([
  [
    'the types when none matches',
    LoadModelOptionsSchema,
    { model: 5 },
    "'model': Expected string or object, received number",
  ],
  ['a missing value as required', LoadModelOptionsSchema, {}, "'model': Required"],
  [
    'the member that was meant',
    LoadModelOptionsSchema,
    { model: { id: 'a' } },
    "'model.path': Required",
  ],
  [
    'the deepest member',
    GeneratorParamsSchema,
    { model: 'a', prompt: { tokens: [1, 'x'] } },
    "'prompt.tokens.1': Expected number, received string",
  ],
  [
    'the member with the fewest faults',
    GeneratorParamsSchema,
    { model: 'a', prompt: { tokens: 'x' } },
    "'prompt.tokens': Expected array, received string",
  ],
  [
    'an unknown discriminator as an enum',
    ChatCompletionRequestSchema,
    { model: 'a', messages: [{ role: 'robot', content: 'x' }] },
    "'messages.0.role': Invalid enum value",
  ],
  [
    'a list inside a union',
    ChatCompletionRequestSchema,
    { model: 'a', messages: [{ role: 'user', content: [{ type: 'text' }] }] },
    "'messages.0.content.0.text': Required",
  ],
  [
    'a wrong word where a word or an object may stand',
    ChatCompletionRequestSchema,
    { model: 'a', messages: [{ role: 'user', content: 'x' }], tool_choice: 'maybe' },
    "'tool_choice': Invalid enum value",
  ],
  [
    'a key of a record by what is wrong with it',
    GeneratorParamsSchema,
    { model: 'a', prompt: 'x', logitBias: { word: 1 } },
    "'logitBias.word': Must be a token id",
  ],
  [
    'literals',
    z.object({ bits: z.union([z.literal(4), z.literal(8)]) }),
    { bits: 5 },
    "'bits': Invalid enum value",
  ],
  [
    'a map entry',
    z.map(z.string(), z.int()),
    new Map([['a', 'b']]),
    "'a': Expected number, received string",
  ],
])('names %s', (_, schema, input, fault) => {
  expect(rejectionOf(schema, input).message).toBe(`Validation error on field ${fault}`);
});

it('keeps a union without members as it is', () => {
  const error = rejectionOf(z.union([z.never()]), 1);
  expect(error.first.code).toBe('invalid_type');
});
