import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as z from 'zod';
import {
  CompatibilityReportSchema,
  LoadDraftModelOptionsSchema,
  LoadModelOptionsSchema,
  ModelDescriptorSchema,
  ModelHandleSchema,
  VisionModelOptionsSchema,
} from '../../src/index.js';
import { rejectionOf } from '../support/rejection.js';

describe('ModelDescriptorSchema', () => {
  it('takes an id and a path alone', () => {
    const descriptor = { id: 'llama-3-8b', path: '/models/llama-3-8b' };
    expect(ModelDescriptorSchema.parse(descriptor)).toEqual(descriptor);
  });

  it('keeps variant, source, modality, family and tokenizer', () => {
    const descriptor = {
      id: 'llama-3-8b',
      path: '/models/llama-3-8b',
      variant: 'instruct',
      source: 'huggingface',
      modality: 'multimodal',
      family: 'llama',
      tokenizer: { type: 'bpe', vocabSize: 128_256, specialTokens: { bos: '<s>' } },
    };
    expect(ModelDescriptorSchema.parse(descriptor)).toEqual(descriptor);
  });

  it.each([
    ['source', 'ftp'],
    ['modality', 'smell'],
  ])('refuses an unknown %s', (key, value) => {
    const { first } = rejectionOf(ModelDescriptorSchema, { id: 'a', path: 'b', [key]: value });
    expect(first).toEqual({
      path: [key],
      message: 'Invalid enum value',
      code: 'invalid_enum_value',
    });
  });
});

describe('LoadModelOptionsSchema', () => {
  it('turns a plain string into options', () => {
    expect(LoadModelOptionsSchema.parse('llama-3-8b')).toEqual({ model: 'llama-3-8b' });
  });

  it('infers the object type as output and takes a string as input', () => {
    type Output = z.output<typeof LoadModelOptionsSchema>;
    type Input = z.input<typeof LoadModelOptionsSchema>;
    expectTypeOf<Output['quantization']>().toEqualTypeOf<'none' | 'int8' | 'int4' | undefined>();
    expectTypeOf<string>().not.toExtend<Output>();
    expectTypeOf<string>().toExtend<Input>();
  });

  it('takes a descriptor as model', () => {
    const options = { model: { id: 'llama-3-8b', path: '/models/llama' } };
    expect(LoadModelOptionsSchema.parse(options)).toEqual(options);
  });

  it('keeps every documented option and passes others through', () => {
    const options = {
      model: 'llama-3-8b',
      draft: false,
      revision: 'main',
      quantization: 'int4',
      parameters: { weights: 'dense' },
      trustRemoteCode: false,
      adapterPath: '/adapters/a',
    };
    expect(LoadModelOptionsSchema.parse(options)).toEqual(options);
  });

  it('names the field of an empty model', () => {
    const { message, first, details } = rejectionOf(LoadModelOptionsSchema, { model: '' });
    expect(message).toBe("Validation error on field 'model': Cannot be empty");
    expect(first.code).toBe('too_small');
    expect(details.field).toBe('model');
  });

  it('names the field of an empty string given as options', () => {
    const { message } = rejectionOf(LoadModelOptionsSchema, '');
    expect(message).toBe("Validation error on field 'model': Cannot be empty");
  });

  it('names the field of an unknown quantization', () => {
    const input = { model: 'llama-3-8b', quantization: 'int16' };
    const { message, details } = rejectionOf(LoadModelOptionsSchema, input);
    expect(message).toBe("Validation error on field 'quantization': Invalid enum value");
    expect(details).toEqual({
      field: 'quantization',
      issues: [
        { path: ['quantization'], message: 'Invalid enum value', code: 'invalid_enum_value' },
      ],
    });
  });

  it('says that model is required', () => {
    const { message } = rejectionOf(LoadModelOptionsSchema, {});
    expect(message).toBe("Validation error on field 'model': Required");
  });
});

describe('the other model shapes', () => {
  it('sets draft for draft models, also from a string', () => {
    expect(LoadDraftModelOptionsSchema.parse('tiny')).toEqual({ model: 'tiny', draft: true });
  });

  it('refuses a draft model with draft false', () => {
    const { details } = rejectionOf(LoadDraftModelOptionsSchema, { model: 'tiny', draft: false });
    expect(details.field).toBe('draft');
  });

  it('gives vision models their modality', () => {
    expect(VisionModelOptionsSchema.parse('llava')).toEqual({ model: 'llava', modality: 'vision' });
  });

  it.each(['loading', 'ready', 'failed'])('knows a handle in state %s', (state) => {
    const handle = {
      descriptor: { id: 'a', path: '/a' },
      state,
      contextLength: 8192,
      metadata: { architecture: 'llama' },
      draft: false,
    };
    expect(ModelHandleSchema.parse(handle)).toEqual(handle);
  });

  it('describes whether a draft model fits', () => {
    const model = {
      id: 'a',
      vocabSize: 49_152,
      parameterCount: 135_000_000,
      architecture: 'llama',
    };
    const report = {
      compatible: false,
      errors: ['The vocabularies differ'],
      warnings: [],
      details: { primaryModel: model, draftModel: model, performanceEstimate: { speedup: 1.4 } },
    };
    expect(CompatibilityReportSchema.parse(report)).toEqual(report);
  });
});
