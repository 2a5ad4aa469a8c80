import { expect, test } from 'vitest';
import * as z from 'zod';
import { generationSchema } from '../../src/structured/generation-schema.js';

test('objects are closed, keys of records spelt out, and notes for people dropped', () => {
  const schema = z
    .object({
      kind: z.enum(['a', 'b']),
      scores: z.record(z.enum(['x', 'y']), z.int().min(0).max(9)),
      tags: z.record(z.string().regex(/^t\d$/), z.boolean()),
      free: z.record(z.string(), z.string()),
    })
    .meta({ title: 'Thing', form: { columns: 2 } });

  expect(generationSchema(schema)).toEqual({
    title: 'Thing',
    type: 'object',
    properties: {
      kind: { type: 'string', enum: ['a', 'b'] },
      scores: {
        type: 'object',
        properties: {
          x: { type: 'integer', minimum: 0, maximum: 9 },
          y: { type: 'integer', minimum: 0, maximum: 9 },
        },
        required: ['x', 'y'],
        additionalProperties: false,
      },
      tags: {
        type: 'object',
        patternProperties: { '^t\\d$': { type: 'boolean' } },
        additionalProperties: false,
      },
      free: { type: 'object', additionalProperties: { type: 'string' } },
    },
    required: ['kind', 'scores', 'tags', 'free'],
    additionalProperties: false,
  });
});

test('an open object stays open and a catch-all keeps its schema', () => {
  expect(generationSchema(z.looseObject({}))).toMatchObject({ additionalProperties: {} });
  expect(generationSchema(z.object({}).catchall(z.boolean()))).toMatchObject({
    additionalProperties: { type: 'boolean' },
  });
});

test('members with different tags become alternatives', () => {
  const shape = z.discriminatedUnion('type', [
    z.object({ type: z.literal('circle'), radius: z.number() }),
    z.object({ type: z.literal('square'), side: z.number() }),
  ]);
  expect(generationSchema(shape)).toMatchObject({ anyOf: [{}, {}] });
});

test('a pattern stands for its format; a standard format for a pattern that looks around', () => {
  expect(generationSchema(z.email())).not.toHaveProperty('format');
  expect(generationSchema(z.hostname())).toEqual({ type: 'string', format: 'hostname' });
  expect(generationSchema(z.url()).pattern).toContain('https?');
});

test('a fraction of a second ends', () => {
  for (const schema of [z.iso.time(), z.iso.datetime({ offset: true })]) {
    expect(generationSchema(schema).pattern).toContain(String.raw`\.\d{1,9}`);
  }
});

test('what a transform takes in is generated, not what it gives out', () => {
  expect(generationSchema(z.string().max(4).transform(Number))).toEqual({
    type: 'string',
    maxLength: 4,
  });
});

test('what JSON cannot hold is refused by name', () => {
  expect(() => generationSchema(z.object({ born: z.date() }))).toThrow(
    expect.objectContaining({
      code: 'InvalidParams',
      details: expect.objectContaining({ field: 'structured' }),
    }),
  );
});
