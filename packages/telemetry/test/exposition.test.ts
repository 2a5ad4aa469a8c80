import { expect, it } from 'vitest';
import { genAiBuckets } from '@mlx/schemas/conventions';
import { measured, model } from './everything-measured.js';
import { histogramsOf, valuesOf } from './read-exposition.js';

const metrics = await measured();

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
