import { RuntimeConfigSchema } from '@mlx/schemas';
import { expect, it } from 'vitest';
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
