import type { Meter } from '@opentelemetry/api';
import type { EngineEventSource } from './event-source.js';
import { listen } from './event-source.js';
import type { GaugeSample } from './gauges.js';

/** What is measured about answers; by default everything. */
export interface AnswerMetrics {
  /** False: nothing. */
  readonly enabled?: boolean;
  readonly trackTtft?: boolean;
  readonly trackThroughput?: boolean;
  /** False: answers that were cancelled are not counted. */
  readonly trackCancellations?: boolean;
  /** Gauges of the answers under way, such as rows in the queue. */
  readonly sample?: () => Promise<readonly GaugeSample[]>;
  /** How often `sample` is asked, in milliseconds; by default as often as the others. */
  readonly exportIntervalMs?: number;
}

type Outcome = 'completed' | 'error' | 'cancelled';

/** Bucket borders in seconds, from an interactive first token to a long answer. */
const SECONDS_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Decode speed of one answer, in tokens per second. */
const SPEED_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/**
 * Names carry their unit, because the Prometheus exporter adds `_total` to
 * counters but never a unit.
 */
function createInstruments(meter: Meter) {
  return {
    generations: meter.createCounter('mlx_generations', {
      description: 'Answers that ended, by model and outcome',
    }),
    active: meter.createUpDownCounter('mlx_generations_active', {
      description: 'Answers under way, waiting ones included',
    }),
    generatedTokens: meter.createCounter('mlx_generated_tokens', {
      description: 'Tokens generated',
    }),
    promptTokens: meter.createCounter('mlx_prompt_tokens', {
      description: 'Prompt tokens, by whether they were computed or taken from the prefix cache',
    }),
    timeToFirstToken: meter.createHistogram('mlx_time_to_first_token_seconds', {
      description: 'From the call to the first token',
      advice: { explicitBucketBoundaries: SECONDS_BUCKETS },
    }),
    duration: meter.createHistogram('mlx_generation_duration_seconds', {
      description: 'From the call to the end of the answer',
      advice: { explicitBucketBoundaries: SECONDS_BUCKETS },
    }),
    speed: meter.createHistogram('mlx_tokens_per_second', {
      description: 'Decode speed of one answer',
      advice: { explicitBucketBoundaries: SPEED_BUCKETS },
    }),
  };
}

/** Records what is wanted of every answer until the returned function is called. */
export function recordAnswers(
  meter: Meter,
  source: EngineEventSource,
  { trackTtft = true, trackThroughput = true, trackCancellations = true }: AnswerMetrics,
): () => void {
  const instruments = createInstruments(meter);
  const modelOfStream = new Map<string, string>();

  function endStream(streamId: string, outcome: Outcome): string | undefined {
    const model = modelOfStream.get(streamId);
    if (model === undefined) return undefined;
    modelOfStream.delete(streamId);
    instruments.active.add(-1, { model });
    if (outcome !== 'cancelled' || trackCancellations) {
      instruments.generations.add(1, { model, outcome });
    }
    return model;
  }

  return listen(source, {
    'generation:started': ({ streamId, model }) => {
      modelOfStream.set(streamId, model);
      instruments.active.add(1, { model });
    },
    'generation:completed': ({ streamId, stats }) => {
      const model = endStream(streamId, 'completed') ?? stats.modelId ?? 'unknown';
      const { cachedTokens = 0, promptTokens = 0 } = stats;
      instruments.generatedTokens.add(stats.tokensGenerated, { model });
      instruments.promptTokens.add(promptTokens - cachedTokens, { model, source: 'computed' });
      instruments.promptTokens.add(cachedTokens, { model, source: 'cache' });
      instruments.duration.record(stats.totalTime, { model });
      if (stats.tokensGenerated === 0) return;
      if (trackTtft) instruments.timeToFirstToken.record(stats.timeToFirstToken, { model });
      if (trackThroughput) instruments.speed.record(stats.tokensPerSecond, { model });
    },
    error: ({ error, context }) => {
      const outcome = error.code === 'Cancelled' ? 'cancelled' : 'error';
      if (typeof context?.['streamId'] === 'string') endStream(context['streamId'], outcome);
    },
  });
}
