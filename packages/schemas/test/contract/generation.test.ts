import { describe, expect, it } from 'vitest';
import {
  GenerationStatsSchema,
  GeneratorChunkSchema,
  GeneratorParamsSchema,
  GeneratorParamsWithStructuredSchema,
} from '../../src/index.js';
import { rejectionOf } from '../support/rejection.js';

const base = { model: 'llama-3-8b', prompt: 'Hello' };

describe('GeneratorParamsSchema', () => {
  it('takes a model and a prompt alone', () => {
    expect(GeneratorParamsSchema.parse(base)).toEqual(base);
  });

  it('keeps every documented parameter and passes others through', () => {
    const params = {
      ...base,
      maxTokens: 100,
      temperature: 0.7,
      topP: 0.9,
      presencePenalty: -2,
      frequencyPenalty: 2,
      repetitionPenalty: 1.1,
      seed: 42,
      stopSequences: ['\n\n'],
      stopTokenIds: [2],
      streaming: true,
      structured: { schema: { type: 'object' }, format: 'json' },
      multimodal: { images: ['data:image/png;base64,AAAA'] },
      draftModel: 'tiny',
      topK: 40,
      minP: 0.05,
      logitBias: { '42': -100 },
      logprobs: true,
      topLogprobs: 5,
      n: 2,
      priority: 10,
      tools: [{ name: 'weather', description: 'Looks it up', parameters: { type: 'object' } }],
      toolChoice: { name: 'weather' },
      vendorExtension: true,
    };
    expect(GeneratorParamsSchema.parse(params)).toEqual(params);
  });

  it.each([
    ['a string', 'Hello'],
    ['a template with variables', { template: 'Hi {{name}}', variables: { name: 'Ada' } }],
    ['token ids', { tokens: [1, 2, 3] }],
  ])('takes %s as prompt', (_, prompt) => {
    expect(GeneratorParamsSchema.parse({ model: 'a', prompt })).toEqual({ model: 'a', prompt });
  });

  it('takes a conversation instead of a prompt', () => {
    const params = {
      model: 'a',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', content: null, toolCalls: [{ id: '1', name: 'f', arguments: '{}' }] },
        { role: 'tool', content: '42', toolCallId: '1' },
      ],
    };
    expect(GeneratorParamsSchema.parse(params)).toEqual(params);
  });

  it('refuses both a prompt and a conversation, and neither', () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    expect(rejectionOf(GeneratorParamsSchema, { ...base, messages }).message).toBe(
      "Validation error on field 'prompt': prompt and messages cannot be combined",
    );
    expect(rejectionOf(GeneratorParamsSchema, { model: 'a' }).message).toBe(
      "Validation error on field 'prompt': Either prompt or messages is required",
    );
  });

  it('names the limit of maxTokens', () => {
    const { message, first } = rejectionOf(GeneratorParamsSchema, { ...base, maxTokens: 200_000 });
    expect(message).toBe(
      "Validation error on field 'maxTokens': Number must be less than or equal to 100000",
    );
    expect(first.code).toBe('too_big');
  });

  it.each([
    ['maxTokens', 0],
    ['maxTokens', -1],
    ['maxTokens', 1.5],
    ['temperature', 2.1],
    ['temperature', Number.NaN],
    ['topP', 1.1],
    ['topP', -0.1],
    ['presencePenalty', 2.1],
    ['frequencyPenalty', -2.1],
    ['repetitionPenalty', -1],
    ['seed', -1],
    ['seed', 1.5],
    ['stopSequences', 'stop'],
    ['stopTokenIds', [-1]],
    ['topK', -1],
    ['minP', 2],
    ['logitBias', { word: 1 }],
    ['logitBias', { '1': 101 }],
    ['topLogprobs', 1e6],
    ['n', 1e9],
    ['priority', 1000],
    ['messages', []],
    ['draftModel', ''],
  ])('refuses %s = %j and names it', (key, value) => {
    const input = key === 'messages' ? { model: 'a', [key]: value } : { ...base, [key]: value };
    expect(rejectionOf(GeneratorParamsSchema, input).details.field).toMatch(
      new RegExp(`^${key}(\\.|$)`),
    );
  });

  it('names the faulty part of a prompt template', () => {
    const input = { model: 'a', prompt: { template: 'Hi {{name}}' } };
    expect(rejectionOf(GeneratorParamsSchema, input).message).toBe(
      "Validation error on field 'prompt.variables': Required",
    );
  });
});

describe('GeneratorParamsWithStructuredSchema', () => {
  it('needs schema and format together', () => {
    const input = { ...base, structured: { format: 'json' } };
    const { message, first } = rejectionOf(GeneratorParamsWithStructuredSchema, input);
    expect(message).toBe(
      "Validation error on field 'structured': structured.schema and structured.format are both required",
    );
    expect(first).toMatchObject({ path: ['structured'], code: 'custom' });
  });

  it.each([
    ['json', { type: 'object' }],
    ['json', '{"type":"object"}'],
    ['yaml', { type: 'object' }],
    ['regex', '[a-z]+'],
    ['grammar', 'start: "a"'],
    ['choice', ['yes', 'no']],
  ])('takes format %s with schema %j', (format, schema) => {
    const params = { ...base, structured: { schema, format } };
    expect(GeneratorParamsWithStructuredSchema.parse(params)).toEqual(params);
  });

  it.each([
    [{ schema: {} }, 'both required'],
    [{ schema: '', format: 'regex' }, 'both required'],
    [{ schema: ['a'], format: 'json' }, 'must be a JSON Schema'],
    [{ schema: {}, format: 'regex' }, 'must be text'],
    [{ schema: {}, format: 'grammar' }, 'must be text'],
    [{ schema: 'a', format: 'choice' }, 'must be a list'],
    [{ schema: [], format: 'choice' }, 'must be a list that is not empty'],
  ])('refuses %j', (structured, fault) => {
    const { details, message } = rejectionOf(GeneratorParamsWithStructuredSchema, {
      ...base,
      structured,
    });
    expect(details.field).toBe('structured');
    expect(message).toContain(fault);
  });

  it('takes parameters without structured output', () => {
    expect(GeneratorParamsWithStructuredSchema.parse(base)).toEqual(base);
  });
});

describe('GeneratorChunkSchema', () => {
  const stats = { tokensGenerated: 3, tokensPerSecond: 15, timeToFirstToken: 0.1, totalTime: 0.3 };

  it.each([
    { type: 'token', token: ' Paris', logprob: -0.1, index: 0 },
    { type: 'metadata', stats, finishReason: 'stop' },
    { type: 'error', error: { code: 'SidecarCrashed', message: 'gone', retryable: true } },
  ])('knows a chunk of type $type', (chunk) => {
    expect(GeneratorChunkSchema.parse(chunk)).toEqual(chunk);
  });

  it('refuses a chunk of another type', () => {
    expect(rejectionOf(GeneratorChunkSchema, { type: 'noise' }).message).toBe(
      "Validation error on field 'type': Invalid enum value",
    );
  });

  it('carries the statistics of the contract', () => {
    const full = { ...stats, draftTokensAccepted: 2, modelId: 'llama-3-8b' };
    expect(GenerationStatsSchema.parse(full)).toEqual(full);
  });
});
