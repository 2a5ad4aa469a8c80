import type { Meter } from '@opentelemetry/api';
import { genAiBuckets, genAiMetrics } from '@mlx/schemas/conventions';

/** Bucket borders in seconds, from an interactive first token to a long answer. */
const SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600,
];
/** Decode speed of one answer, in tokens per second. */
const SPEED = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
/** Tokens of one request. */
const TOKENS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];

/** Makes histograms that have their borders from the start. */
function histograms(meter: Meter) {
  return (name: string, description: string, borders: readonly number[], unit?: string) =>
    meter.createHistogram(name, {
      description,
      unit,
      advice: { explicitBucketBoundaries: [...borders] },
    });
}

/**
 * Names carry their unit, because the Prometheus exporter adds `_total` to
 * counters but never a unit. They are those of vLLM where both measure the same.
 */
export function createAnswerInstruments(meter: Meter) {
  return { ...createCounters(meter), ...createHistograms(meter), ...createGenAi(meter) };
}

function createCounters(meter: Meter) {
  return {
    generations: meter.createCounter('mlx_generations', {
      description: 'Answers that ended, by model and outcome',
    }),
    successes: meter.createCounter('mlx_request_success', {
      description: 'Answers that ended well, by why they ended',
    }),
    active: meter.createUpDownCounter('mlx_generations_active', {
      description: 'Answers under way, waiting ones included',
    }),
    generationTokens: meter.createCounter('mlx_generation_tokens', {
      description: 'Tokens generated, those of answers that failed or were cancelled included',
    }),
    promptTokens: meter.createCounter('mlx_prompt_tokens', {
      description: 'Prompt tokens, by whether they were computed or taken from the prefix cache',
    }),
    draftTokens: meter.createCounter('mlx_spec_decode_num_draft_tokens', {
      description: 'Tokens proposed to the model beyond the next one',
    }),
    acceptedTokens: meter.createCounter('mlx_spec_decode_num_accepted_tokens', {
      description: 'Proposed tokens that the model chose',
    }),
  };
}

function createHistograms(meter: Meter) {
  const create = histograms(meter);
  return {
    timeToFirstToken: create(
      'mlx_time_to_first_token_seconds',
      'From the call to the first token',
      SECONDS,
    ),
    latency: create(
      'mlx_e2e_request_latency_seconds',
      'From the call to the end of the answer',
      SECONDS,
    ),
    queueTime: create('mlx_request_queue_time_seconds', 'In the queue of the runtime', SECONDS),
    prefillTime: create(
      'mlx_request_prefill_time_seconds',
      'From a place in the batch to the prompt read',
      SECONDS,
    ),
    decodeTime: create(
      'mlx_request_decode_time_seconds',
      'From the prompt read to the end',
      SECONDS,
    ),
    speed: create('mlx_tokens_per_second', 'Decode speed of one answer', SPEED),
    requestPromptTokens: create('mlx_request_prompt_tokens', 'Prompt tokens per request', TOKENS),
    requestGenerationTokens: create(
      'mlx_request_generation_tokens',
      'Tokens generated per request',
      TOKENS,
    ),
  };
}

/** Those that the conventions for generative AI name; their units stand beside the names. */
function createGenAi(meter: Meter) {
  const create = histograms(meter);
  return {
    requestDuration: create(
      genAiMetrics.requestDuration,
      'From the call to its end, whether it ended well or not',
      genAiBuckets.requestDuration,
      's',
    ),
    genAiTimeToFirstToken: create(
      genAiMetrics.timeToFirstToken,
      'From the call to the first token, of answers that ended well',
      genAiBuckets.timeToFirstToken,
      's',
    ),
    timePerOutputToken: create(
      genAiMetrics.timePerOutputToken,
      'Mean time of each token after the first, of answers that ended well',
      genAiBuckets.timePerOutputToken,
      's',
    ),
    tokenUsage: create(
      genAiMetrics.tokenUsage,
      'Input and output tokens per request',
      genAiBuckets.tokenUsage,
      '{token}',
    ),
  };
}
