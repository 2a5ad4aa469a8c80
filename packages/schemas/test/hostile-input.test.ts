import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as everything from '../src/index.js';
import { toCamelKeys } from '../src/conventions/index.js';
import { isEngineClientError, parseOrThrow } from '../src/index.js';

const schemas = Object.entries<unknown>(everything).filter(
  (entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType,
);

/** Parses, and accepts nothing but a clean result or an InvalidParams error. */
function parseSafely(schema: z.ZodType, input: unknown): unknown {
  try {
    return parseOrThrow(schema, input);
  } catch (error) {
    if (isEngineClientError(error) && error.code === 'InvalidParams') return undefined;
    throw error;
  }
}

/** JSON-like values, dense in the keys that attack prototypes. */
const anything = fc.anything({
  key: fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'model', 'prompt'),
  ),
  withNullPrototype: true,
  withMap: true,
  withSet: true,
  withDate: true,
  withBigInt: true,
  withSparseArray: true,
  withTypedArray: true,
});

const pristine = Object.getOwnPropertyNames(Object.prototype).toSorted();

describe.each(schemas)('%s', (_, schema) => {
  it('gives a clean result or an InvalidParams error for any value', () => {
    fc.assert(
      fc.property(anything, (value) => {
        parseSafely(schema, value);
      }),
      { numRuns: 60 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(pristine);
  });

  it('does not let __proto__ through', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    );
    const output = parseSafely(schema, hostile);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    if (typeof output === 'object' && output !== null) {
      expect(Object.getPrototypeOf(output)).toBe(Object.prototype);
      expect(Object.hasOwn(output, '__proto__')).toBe(false);
    }
  });

  it('survives a cycle, throwing getters and hostile proxies', () => {
    const cycle: Record<string, unknown> = { model: 'a', prompt: 'b' };
    cycle['parameters'] = cycle;
    cycle['messages'] = [cycle];
    const proxy = new Proxy(
      {},
      {
        get: () => {
          throw new Error('get');
        },
        has: () => true,
        ownKeys: () => {
          throw new Error('ownKeys');
        },
      },
    );
    const getters = Object.defineProperty({}, 'model', {
      enumerable: true,
      get: () => {
        throw new Error('getter');
      },
    });
    for (const input of [cycle, proxy, getters]) parseSafely(schema, input);
  });

  it('survives JSON nested 20,000 deep', () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`);
    parseSafely(schema, deep);
    parseSafely(schema, { model: 'a', prompt: deep, messages: deep, input: deep, tools: [deep] });
  });
});

describe('errors of hostile inputs', () => {
  it('keep every fault of a list of 200,000', () => {
    const input = { model: 'a', prompt: { tokens: Array.from({ length: 200_000 }, () => 'x') } };
    const result = everything.GeneratorParamsSchema.safeParse(input);
    const { details } = everything.zodErrorToEngineError(result.error ?? new z.ZodError([]));
    expect(details).toMatchObject({ field: 'prompt.tokens.0', issues: { length: 200_000 } });
  });

  it.each([10_001, 1_000_000])('come at once for a conversation of %i turns', (length) => {
    const messages = Array.from({ length }, () => ({ role: 'user', content: 'x' }));
    for (const [schema, more] of [
      [everything.ChatCompletionRequestSchema, {}],
      [everything.GeneratorParamsSchema, {}],
      [everything.AnthropicMessagesRequestSchema, { max_tokens: 1 }],
    ] as const) {
      const before = process.cpuUsage();
      expect(() => parseOrThrow(schema, { model: 'a', messages, ...more })).toThrow(
        "Validation error on field 'messages': Array must contain at most 10000 element(s)",
      );
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(50);
    }
  });

  it('stay small for a hundred thousand unknown keys', () => {
    const keys = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [`key${index}`, 1]),
    );
    expect(() =>
      parseOrThrow(everything.TelemetryConfigSchema, { enabled: true, ...keys }),
    ).toThrow("'key0', 'key1', 'key2', 'key3', 'key4' and 99995 more");
  });

  it('stay small for a key of a megabyte', () => {
    const key = 'k'.repeat(1_000_000);
    try {
      parseOrThrow(everything.TelemetryConfigSchema, { enabled: true, [key]: 1 });
      expect.unreachable();
    } catch (error) {
      expect(String(error).length).toBeLessThan(1000);
    }
  });
});

it('toCamelKeys takes any value', () => {
  fc.assert(
    fc.property(anything, (value) => {
      try {
        toCamelKeys(everything.GeneratorParamsSchema, value);
      } catch (error) {
        if (!isEngineClientError(error)) throw error;
      }
    }),
  );
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
