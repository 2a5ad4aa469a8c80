import { describe, expect, it } from 'vitest';
import {
  engineEvents,
  MetricLabelsSchema,
  TelemetryConfigSchema,
  TokenizeRequestSchema,
  TokenizeResponseSchema,
} from '../../src/index.js';
import { rejectionOf } from '../support/rejection.js';

describe('TelemetryConfigSchema', () => {
  const config = {
    enabled: true,
    serviceName: 'mlx_serving-1',
    prometheusPort: 9464,
    exportIntervalMs: 60_000,
  };

  it('takes the documented options, of which enabled is required', () => {
    expect(TelemetryConfigSchema.parse(config)).toEqual(config);
    expect(TelemetryConfigSchema.parse({ enabled: false })).toEqual({ enabled: false });
    expect(rejectionOf(TelemetryConfigSchema, {}).details.field).toBe('enabled');
  });

  it('refuses a privileged port', () => {
    expect(rejectionOf(TelemetryConfigSchema, { enabled: true, prometheusPort: 80 }).message).toBe(
      "Validation error on field 'prometheusPort': Port must be at least 1024 (non-privileged)",
    );
  });

  it.each([
    ['serviceName', ''],
    ['serviceName', 'a'.repeat(101)],
    ['serviceName', 'no spaces'],
    ['prometheusPort', 65_536],
    ['exportIntervalMs', 999],
    ['exportIntervalMs', 600_001],
  ])('refuses %s = %j', (key, value) => {
    expect(rejectionOf(TelemetryConfigSchema, { enabled: true, [key]: value }).details.field).toBe(
      key,
    );
  });

  it('refuses unknown keys and names them', () => {
    const { message, first } = rejectionOf(TelemetryConfigSchema, { enabled: true, port: 1 });
    expect(message).toBe("Validation error on field 'port': Unrecognized key(s) in object: 'port'");
    expect(first.code).toBe('unrecognized_keys');
  });
});

it('MetricLabelsSchema takes strings, numbers and booleans', () => {
  const labels = { model: 'llama', status: 200, cached: true };
  expect(MetricLabelsSchema.parse(labels)).toEqual(labels);
  expect(MetricLabelsSchema.safeParse({ model: {} }).success).toBe(false);
});

describe('TokenizeRequestSchema', () => {
  it('takes an empty text', () => {
    const request = { model: 'llama', text: '', addBos: true };
    expect(TokenizeRequestSchema.parse(request)).toEqual(request);
  });

  it('answers with tokens and their texts', () => {
    const response = { tokens: [1, 2], tokenStrings: ['a', 'b'] };
    expect(TokenizeResponseSchema.parse(response)).toEqual(response);
  });
});

describe('the eight events, and the one of tool calls', () => {
  const stats = { tokensGenerated: 3, tokensPerSecond: 15, timeToFirstToken: 0.1, totalTime: 0.3 };
  const payloads = {
    'model:loaded': {
      model: 'llama',
      modelPath: '/models/llama',
      quantization: 'int4',
      parameters: { dtype: 'float32' },
    },
    'model:unloaded': { model: 'llama' },
    'model:invalidated': { model: 'llama', reason: 'Its files changed on disk' },
    'generation:started': { streamId: '1', model: 'llama', prompt: 'Hello' },
    'generation:token': { streamId: '1', token: ' Paris', logprob: -0.1 },
    'generation:completed': { streamId: '1', stats },
    'pooling:completed': { model: 'llama', method: 'embed', promptTokens: 5, totalTime: 0.1 },
    'tool:mismatch': { streamId: '1', model: 'llama', reason: 'no JSON', text: '<tool_call>?' },
    error: { error: { message: 'gone', code: 'SidecarCrashed' }, context: { streamId: '1' } },
    'runtime:status': { status: 'ready', previousStatus: 'starting' },
  };

  it('are all there', () => {
    expect(Object.keys(engineEvents).toSorted()).toEqual(Object.keys(payloads).toSorted());
  });

  it.each(Object.entries(engineEvents))(
    '%s takes its payload with and without a timestamp',
    (name, schema) => {
      const payload = payloads[name as keyof typeof payloads];
      expect(schema.parse(payload)).toEqual(payload);
      const stamped = { ...payload, timestamp: 1_795_474_913_027 };
      expect(schema.parse(stamped)).toEqual(stamped);
    },
  );

  it.each(Object.entries(engineEvents))('%s refuses an empty payload', (_, schema) => {
    expect(schema.safeParse({}).success).toBe(false);
  });

  it.each(['starting', 'ready', 'error', 'stopped'])('runtime:status knows %s', (status) => {
    expect(engineEvents['runtime:status'].parse({ status })).toEqual({ status });
  });
});
