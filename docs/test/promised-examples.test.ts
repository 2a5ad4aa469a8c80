import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GeneratorParamsSchema,
  GeneratorParamsWithStructuredSchema,
  LoadModelOptionsSchema,
  ModelLoadedEventSchema,
  RuntimeConfigSchema,
  TelemetryConfigSchema,
  TokenizeRequestSchema,
  validateLoadModelOptions,
  zodErrorToEngineError,
} from '@mlx/schemas';
import { NonEmptyString, PositiveInteger } from '@mlx/schemas/common';
import { LoadModelOptionsSchema as FromEngine, createEngine } from '@mlx/engine';
import { loadConfig } from '@mlx/config';
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';
import { z } from 'zod';

/** The message under which users were shown that a schema refuses an input. */
function refusal(schema: z.ZodType, input: unknown): string {
  const result = schema.safeParse(input);
  if (result.success) throw new Error('It was accepted');
  return zodErrorToEngineError(result.error).message;
}

describe('options to load a model', () => {
  it('are valid as the first example of all has them', () => {
    const result = LoadModelOptionsSchema.safeParse({ model: 'llama-3-8b', quantization: 'int4' });
    expect(result).toEqual({ success: true, data: { model: 'llama-3-8b', quantization: 'int4' } });
  });

  it('have the type that was printed', () => {
    type LoadModelOptions = z.infer<typeof LoadModelOptionsSchema>;
    const options: LoadModelOptions = {
      model: 'llama-3-8b',
      quantization: 'int4',
      trustRemoteCode: false,
    };
    expectTypeOf<LoadModelOptions['draft']>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<LoadModelOptions['revision']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<LoadModelOptions['quantization']>().toEqualTypeOf<
      'none' | 'int8' | 'int4' | undefined
    >();
    expectTypeOf<LoadModelOptions['parameters']>().toEqualTypeOf<
      Record<string, unknown> | undefined
    >();
    expectTypeOf<LoadModelOptions['some key of mine']>().toEqualTypeOf<unknown>();
    expect(LoadModelOptionsSchema.parse(options)).toEqual(options);
  });

  it('are a string, or hold a descriptor', () => {
    expect(LoadModelOptionsSchema.parse('llama-3-8b')).toEqual({ model: 'llama-3-8b' });
    const described = {
      model: { id: 'llama-3-8b', path: 'mlx-community/Llama-3-8B-Instruct-4bit' },
      quantization: 'int4',
      trustRemoteCode: false,
    };
    expect(LoadModelOptionsSchema.parse(described)).toMatchObject(described);
  });

  it.each([
    [{ model: '' }, "Validation error on field 'model': Cannot be empty"],
    [
      { model: 'llama-3-8b', quantization: 'int16' },
      "Validation error on field 'quantization': Invalid enum value",
    ],
  ])('that are wrong are refused in these words: %j', (input, message) => {
    expect(refusal(LoadModelOptionsSchema, input)).toBe(message);
  });

  it('report every fault of theirs', () => {
    const result = LoadModelOptionsSchema.safeParse({ model: '', quantization: 'int16' });
    if (result.success) throw new Error('It was accepted');
    const { code, message, details } = zodErrorToEngineError(result.error);
    expect({ code, message, details }).toEqual({
      code: 'InvalidParams',
      message: "Validation error on field 'model': Cannot be empty",
      details: {
        field: 'model',
        issues: [
          { path: ['model'], message: 'Cannot be empty', code: 'too_small' },
          { path: ['quantization'], message: 'Invalid enum value', code: 'invalid_enum_value' },
        ],
      },
    });
  });
});

describe('parameters of a generator', () => {
  const schema = GeneratorParamsWithStructuredSchema;

  it.each([
    { model: 'llama-3-8b', prompt: 'Hello world', maxTokens: 100, temperature: 0.7 },
    {
      model: 'llama-3-8b',
      prompt: 'Generate a person',
      structured: {
        schema: { type: 'object', properties: { name: { type: 'string' } } },
        format: 'json',
      },
    },
  ])('are valid: %j', (params) => {
    expect(schema.parse(params)).toEqual(params);
  });

  it.each([
    [
      { model: 'llama-3-8b', prompt: 'Hello', maxTokens: 200000 },
      "Validation error on field 'maxTokens': Number must be less than or equal to 100000",
    ],
    [
      { model: 'llama-3-8b', prompt: 'Hello', structured: { format: 'json' } },
      "Validation error on field 'structured': structured.schema and structured.format are both required",
    ],
  ])('that are wrong are refused in these words: %j', (params, message) => {
    expect(refusal(schema, params)).toBe(message);
  });

  it('that are too many tokens have the documented error', () => {
    const result = schema.safeParse({ model: 'llama-3-8b', prompt: 'Hello', maxTokens: 200000 });
    if (result.success) throw new Error('It was accepted');
    expect(zodErrorToEngineError(result.error)).toMatchObject({
      code: 'InvalidParams',
      details: { field: 'maxTokens', issues: [{ path: ['maxTokens'], code: 'too_big' }] },
    });
  });
});

it('requests to tokenize may have an empty text, but need a model', () => {
  const whole = { model: 'llama-3-8b', text: 'Hello world', addBos: true };
  expect(TokenizeRequestSchema.parse(whole)).toEqual(whole);
  const empty = { model: 'llama-3-8b', text: '' };
  expect(TokenizeRequestSchema.parse(empty)).toEqual(empty);
  expect(refusal(TokenizeRequestSchema, { model: '', text: 'Hello' })).toBe(
    "Validation error on field 'model': Cannot be empty",
  );
});

it('a configuration that was loaded is valid by its schema', () => {
  const directory = mkdtempSync(join(tmpdir(), 'promised-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'runtime.yaml');
  writeFileSync(file, 'batch_queue:\n  max_batch_size: 7\n');
  const config = loadConfig(file);
  const result = RuntimeConfigSchema.safeParse(config);
  if (!result.success) throw result.error;
  expect(result.data.batch_queue.max_batch_size).toBe(7);
});

it('telemetry has a service name, and a port that needs no rights', () => {
  const whole = {
    enabled: true,
    serviceName: 'mlx-serving',
    prometheusPort: 9464,
    exportIntervalMs: 60000,
  };
  expect(TelemetryConfigSchema.parse(whole)).toEqual(whole);
  expect(refusal(TelemetryConfigSchema, { enabled: true, prometheusPort: 80 })).toBe(
    "Validation error on field 'prometheusPort': Port must be at least 1024 (non-privileged)",
  );
});

describe('the event of a loaded model', () => {
  it.each([8000000000, { weights: 'float32', loadMs: 12 }])(
    'tells how many parameters it has, or how it was loaded: %j',
    (parameters) => {
      const event = {
        model: 'llama-3-8b',
        modelPath: '/models/llama-3-8b.safetensors',
        quantization: 'int4',
        parameters,
      };
      expect(ModelLoadedEventSchema.parse(event)).toEqual(event);
    },
  );

  it('knows the quantizations', () => {
    const event = { model: 'llama-3-8b', modelPath: '/path', quantization: 'int16' };
    expect(refusal(ModelLoadedEventSchema, event)).toBe(
      "Validation error on field 'quantization': Invalid enum value",
    );
  });
});

it('an error of zod becomes one of the engine', () => {
  const result = LoadModelOptionsSchema.safeParse({ model: '' });
  if (result.success) throw new Error('It was accepted');
  const engineError = zodErrorToEngineError(result.error);
  expect(engineError.code).toBe('InvalidParams');
  expect(engineError.message).toBe("Validation error on field 'model': Cannot be empty");
  expect(engineError.details).toEqual({
    field: 'model',
    issues: [{ path: ['model'], message: 'Cannot be empty', code: 'too_small' }],
  });
});

describe('schemas of one’s own', () => {
  it('use the primitives', () => {
    const MyCustomParamsSchema = z
      .object({
        modelId: NonEmptyString,
        maxOutputTokens: PositiveInteger.max(1000),
        customField: z.string().regex(/^[A-Z]+$/, 'Must be uppercase'),
      })
      .passthrough();
    type MyCustomParams = z.infer<typeof MyCustomParamsSchema>;
    const params: MyCustomParams = { modelId: 'm', maxOutputTokens: 9, customField: 'A', more: 1 };
    expect(MyCustomParamsSchema.parse(params)).toEqual(params);
    expect(refusal(MyCustomParamsSchema, { ...params, customField: 'a' })).toBe(
      "Validation error on field 'customField': Must be uppercase",
    );
    expect(MyCustomParamsSchema.safeParse({ ...params, maxOutputTokens: 1001 }).success).toBe(
      false,
    );
  });

  it('are put together from ours', () => {
    const CompleteWorkflowSchema = z.object({
      modelOptions: LoadModelOptionsSchema,
      generatorParams: GeneratorParamsSchema,
      iterations: z.number().int().positive(),
    });
    const workflow = {
      modelOptions: { model: 'llama-3-8b' },
      generatorParams: { model: 'llama-3-8b', prompt: 'Hi' },
      iterations: 2,
    };
    expect(CompleteWorkflowSchema.parse(workflow)).toEqual(workflow);
  });

  it('have rules across fields', () => {
    const RangeSchema = z
      .object({ min: z.number(), max: z.number() })
      .refine((data) => data.max >= data.min, { message: 'max must be >= min', path: ['max'] });
    expect(RangeSchema.parse({ min: 1, max: 2 })).toEqual({ min: 1, max: 2 });
    expect(refusal(RangeSchema, { min: 2, max: 1 })).toBe(
      "Validation error on field 'max': max must be >= min",
    );
  });

  it('let extra fields pass', () => {
    const schema = z.object({ model: z.string() }).passthrough();
    expect(schema.parse({ model: 'm', extra: 1 })).toEqual({ model: 'm', extra: 1 });
  });
});

it('the older validators still answer', () => {
  expect(validateLoadModelOptions({ model: 'llama-3-8b' })).toEqual({ valid: true, errors: [] });
  const result = validateLoadModelOptions({ model: '' });
  expect(result.valid).toBe(false);
  expect(`Invalid options: ${result.errors.join(', ')}`).toContain('Cannot be empty');
});

it('the engine brings the schemas of what it takes', async () => {
  // oxlint-disable-next-line await-thenable -- as users were shown it
  await using engine = await createEngine();
  expect(typeof engine.loadModel).toBe('function');
  const result = FromEngine.safeParse({ model: 'llama-3-8b', quantization: 'int4' });
  expect(result.data).toEqual({ model: 'llama-3-8b', quantization: 'int4' });
});
