import { expect, it } from 'vitest';
import { gapBorders, genAiBuckets } from '@mlx/schemas/conventions';
import { batchGauges, cacheGauges, modelGauges, startTelemetry } from '../src/index.js';
import { histogramsOf, readExposition, valuesOf } from './read-exposition.js';
import { FakeEngine } from './support.js';

const model = 'tiny';
const kv = { usedBytes: 25, limitBytes: 100 };

/** Everything that there is to measure, once, as a Prometheus parser reads it. */
async function scrapeAll() {
  const engine = new FakeEngine();
  const rows = { queued: 1, prefilling: 0, decoding: 1, paused: 0 };
  await using telemetry = await startTelemetry(engine, {
    enabled: true,
    ownPort: false,
    sample: async () => [
      ...batchGauges(model, {
        rows,
        meanBatchSize: 1,
        memory: { activeBytes: 1, residentBytes: 2 },
      }),
      ...cacheGauges(model, { bytes: 1, hits: 1, misses: 1, kv }),
      ...modelGauges(model, 4),
    ],
  });
  const counts = gapBorders.map(() => 0).concat(0);
  counts[3] = 9;
  engine.started('a');
  engine.completed('a', 10, {
    finishReasons: ['stop'],
    queueTime: 0.01,
    prefillTime: 0.19,
    decodeTime: 0.5,
    draftTokens: 4,
    tokenGaps: { counts, sum: 0.063 },
  });
  engine.started('b');
  engine.failed('b', 'Cancelled', 3);
  engine.emit('pooling:completed', {
    model,
    method: 'embed',
    promptTokens: 5,
    totalTime: 0.02,
    timestamp: Date.now(),
  });
  return readExposition(await telemetry.exposition());
}

const metrics = await scrapeAll();

it('has the names of vLLM under mlx_, each with a help text and a type', () => {
  const types = Object.entries(metrics).map(([name, { type }]) => [name, type.toUpperCase()]);
  expect(Object.fromEntries(types)).toMatchObject({
    mlx_num_requests_running: 'GAUGE',
    mlx_num_requests_waiting: 'GAUGE',
    mlx_kv_cache_usage_perc: 'GAUGE',
    mlx_prefix_cache_queries_total: 'COUNTER',
    mlx_prefix_cache_hits_total: 'COUNTER',
    mlx_prompt_tokens_total: 'COUNTER',
    mlx_generation_tokens_total: 'COUNTER',
    mlx_request_success_total: 'COUNTER',
    mlx_spec_decode_num_draft_tokens_total: 'COUNTER',
    mlx_spec_decode_num_accepted_tokens_total: 'COUNTER',
    mlx_time_to_first_token_seconds: 'HISTOGRAM',
    mlx_inter_token_latency_seconds: 'HISTOGRAM',
    mlx_e2e_request_latency_seconds: 'HISTOGRAM',
    mlx_request_queue_time_seconds: 'HISTOGRAM',
    mlx_request_prefill_time_seconds: 'HISTOGRAM',
    mlx_request_decode_time_seconds: 'HISTOGRAM',
    gen_ai_server_request_duration: 'HISTOGRAM',
    gen_ai_server_time_to_first_token: 'HISTOGRAM',
    gen_ai_server_time_per_output_token: 'HISTOGRAM',
    gen_ai_client_token_usage: 'HISTOGRAM',
  });
  for (const { help } of Object.values(metrics)) expect(help.length).toBeGreaterThan(5);
});

it('counts every token between two tokens of an answer', () => {
  const [series] = histogramsOf(metrics, 'mlx_inter_token_latency_seconds');
  expect(series).toMatchObject({ count: 9, sum: 0.063, labels: { model } });
  expect(series?.buckets).toMatchObject({ '0.005': 0, '0.01': 9, '+Inf': 9 });
});

it('has buckets made for seconds and for tokens', () => {
  expect(borders('gen_ai_server_time_to_first_token')).toEqual(genAiBuckets.timeToFirstToken);
  expect(borders('gen_ai_client_token_usage')).toEqual(genAiBuckets.tokenUsage);
});

it('counts tokens of answers that were cancelled, and names what went wrong', () => {
  expect(valuesOf(metrics, 'mlx_generation_tokens_total').map(({ value }) => value)).toEqual([13]);
  const durations = histogramsOf(metrics, 'gen_ai_server_request_duration');
  expect(
    durations.map(({ labels }) => [labels['gen_ai_operation_name'], labels['error_type']]),
  ).toEqual([
    ['chat', undefined],
    ['chat', 'Cancelled'],
    ['embeddings', undefined],
  ]);
});

function borders(name: string): number[] {
  return Object.keys(histogramsOf(metrics, name)[0]?.buckets ?? {})
    .map(Number)
    .filter(Number.isFinite)
    .toSorted((left, right) => left - right);
}
