import { expect, it } from 'vitest';
import { z } from 'zod';
import { readZod } from '../src/structured/read-zod.js';

it.each([
  ['z.string().min(1).max(4)', z.string().min(1).max(4)],
  [
    `z.object({
      name: z.string().describe('Whose'),
      age: z.int().min(-1).optional(),
      tags: z.array(z.enum(['a', 'b'])).max(3),
      kind: z.literal("x").nullable(),
    });`,
    z.object({
      name: z.string().describe('Whose'),
      age: z.int().min(-1).optional(),
      tags: z.array(z.enum(['a', 'b'])).max(3),
      kind: z.literal('x').nullable(),
    }),
  ],
  ['z.union([z.string().email(), z.boolean()])', z.union([z.email(), z.boolean()])],
  [
    'z.record(z.string(), z.tuple([z.number(), z.null()]))',
    z.record(z.string(), z.tuple([z.number(), z.null()])),
  ],
])('reads %s', (text, schema) => {
  expect(z.toJSONSchema(readZod(text))).toEqual(z.toJSONSchema(schema));
});

it.each([
  ['fetch("https://a.example")', 'cannot be called'],
  ['z.string', 'is not known here'],
  ['z.string().constructor("x")', '.constructor() is not known here'],
  ['z.custom()', 'z.custom() is not known here'],
  ['z["string"]()', 'cannot be called'],
  ['window', 'is not known here'],
  ['{ a: 1 }', 'The text is no schema'],
])('refuses %s by name', (text, message) => {
  expect(() => readZod(text)).toThrow(message);
});
