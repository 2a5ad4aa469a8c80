import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  GeneratorParamsSchema,
  LoadModelOptionsSchema,
  TelemetryConfigSchema,
} from '../../src/index.js';
import { toCamelKeys } from '../../src/conventions/index.js';

const toSnakeCase = (key: string) =>
  key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe('toCamelKeys', () => {
  it.each(Object.keys(GeneratorParamsSchema.shape))('knows the older spelling of %s', (key) => {
    expect(toCamelKeys(GeneratorParamsSchema, { [toSnakeCase(key)]: 1 })).toEqual({ [key]: 1 });
  });

  it('knows model_id as another name of model, where there is no modelId', () => {
    expect(toCamelKeys(GeneratorParamsSchema, { model_id: 'm' })).toEqual({ model: 'm' });
    expect(toCamelKeys(LoadModelOptionsSchema, { model_id: 'm' })).toEqual({ model: 'm' });
    const both = { model_id: 'm', model: 'n' };
    expect(() => toCamelKeys(LoadModelOptionsSchema, both)).toThrow('the same option');
  });

  it('renames inside nested objects, lists and unions', () => {
    const input = {
      model: { id: 'a', path: '/a', tokenizer: { vocab_size: 5 } },
      trust_remote_code: false,
    };
    expect(toCamelKeys(LoadModelOptionsSchema, input)).toEqual({
      model: { id: 'a', path: '/a', tokenizer: { vocabSize: 5 } },
      trustRemoteCode: false,
    });
    const messages = [{ role: 'tool', content: 'x', tool_call_id: '1' }];
    expect(toCamelKeys(GeneratorParamsSchema, { messages })).toEqual({
      messages: [{ role: 'tool', content: 'x', toolCallId: '1' }],
    });
  });

  it('sees through nullable and default', () => {
    const schema = z.object({ outerKey: z.object({ innerKey: z.int() }).nullable().default(null) });
    expect(toCamelKeys(schema, { outer_key: { inner_key: 1 } })).toEqual({
      outerKey: { innerKey: 1 },
    });
  });

  it('leaves free-form records alone', () => {
    const input = { model: 'a', parameters: { kv_bits: 8 } };
    expect(toCamelKeys(LoadModelOptionsSchema, input)).toEqual(input);
  });

  it('leaves keys alone that the schema does not know', () => {
    const input = { enabled: true, some_extension: 1 };
    expect(toCamelKeys(TelemetryConfigSchema, input)).toEqual(input);
  });

  it.each(['text', 5, null, undefined, [1, 2]])('gives %j back', (input) => {
    expect(toCamelKeys(LoadModelOptionsSchema, input)).toEqual(input);
  });

  it('refuses one option in two spellings', () => {
    expect(() => toCamelKeys(GeneratorParamsSchema, { max_tokens: 1, maxTokens: 2 })).toThrow(
      "'max_tokens' and 'maxTokens' are the same option",
    );
  });

  it('drops __proto__', () => {
    const input: unknown = JSON.parse('{"max_tokens": 1, "__proto__": {"polluted": true}}');
    const output = toCamelKeys(GeneratorParamsSchema, input);
    expect(output).toEqual({ maxTokens: 1 });
    expect(Object.getPrototypeOf(output)).toBe(Object.prototype);
  });
});
