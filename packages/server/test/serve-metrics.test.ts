import { RuntimeConfigSchema } from '@mlx/schemas';
import { expect, it } from 'vitest';
import { countIgnored } from '../src/serve/count-ignored.js';
import { toAnswerMetrics } from '../src/serve/serve-metrics.js';

it('stream_registry.metrics says what is measured about answers', () => {
  const metrics = {
    enabled: false,
    track_ttft: false,
    track_throughput: false,
    track_cancellations: false,
    export_interval_ms: 250,
  };
  const config = RuntimeConfigSchema.parse({ stream_registry: { metrics } });
  expect(toAnswerMetrics(config.stream_registry.metrics)).toEqual({
    enabled: false,
    trackTtft: false,
    trackThroughput: false,
    trackCancellations: false,
    exportIntervalMs: 250,
  });
});

it('fields that clients invent share one label, and so do not fill the memory', () => {
  const counted: unknown[] = [];
  const telemetry = { ignoredField: (labels: object) => counted.push(labels) };
  const endpoint = '/v1/chat/completions';
  countIgnored(telemetry, { endpoint, fields: ['store', 'made-up', 'constructor'] });
  countIgnored(telemetry, { endpoint: '/v1/made-up', fields: ['store'] });
  expect(counted).toEqual([
    { endpoint, field: 'store' },
    { endpoint, field: 'unknown' },
    { endpoint, field: 'unknown' },
  ]);
});
