import type { Meter } from '@opentelemetry/api';
import type { EngineEvents, GenerationStats } from '@mlx/schemas';
import { genAi, operations, PROVIDER_NAME } from '@mlx/schemas/conventions';
import { createAnswerInstruments } from './answer-instruments.js';
import type { EngineEventSource } from './event-source.js';
import { listen } from './event-source.js';
import type { GaugeSample } from './gauges.js';
import type { GapHistogram } from './gap-histogram.js';

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
type Completed = EngineEvents['generation:completed'];
type Instruments = ReturnType<typeof createAnswerInstruments>;
type Tracked = Required<Pick<AnswerMetrics, 'trackTtft' | 'trackThroughput'>>;

/** An answer that began and has not ended. */
interface Running {
  readonly model: string;
  readonly operation: string;
  readonly startedAt: number;
}

/** Records what is wanted of every answer until the returned function is called. */
export function recordAnswers(
  meter: Meter,
  source: EngineEventSource,
  { trackTtft = true, trackThroughput = true, trackCancellations = true }: AnswerMetrics,
  gaps: GapHistogram,
): () => void {
  const instruments = createAnswerInstruments(meter);
  const running = new Map<string, Running>();

  function endStream(streamId: string, outcome: Outcome): Running | undefined {
    const ended = running.get(streamId);
    if (ended === undefined) return undefined;
    running.delete(streamId);
    const { model } = ended;
    instruments.active.add(-1, { model });
    if (outcome !== 'cancelled' || trackCancellations) {
      instruments.generations.add(1, { model, outcome });
    }
    return ended;
  }

  return listen(source, {
    'generation:started': ({ streamId, model, operation = operations.chat, timestamp }) => {
      running.set(streamId, { model, operation, startedAt: timestamp });
      instruments.active.add(1, { model });
    },
    'generation:completed': (event) => {
      const { streamId, stats } = event;
      const ended = endStream(streamId, 'completed');
      const model = ended?.model ?? stats.modelId ?? 'unknown';
      const operation = ended?.operation ?? operations.chat;
      countAnswer(instruments, model, event);
      measureAnswer(instruments, model, event, { trackTtft, trackThroughput });
      measureGenAi(instruments, genAiLabels(operation, model), stats);
      if (event.tokenGaps !== undefined) gaps.add(model, event.tokenGaps);
    },
    'pooling:completed': ({ model, method, promptTokens, totalTime }) => {
      const labels = genAiLabels(method === 'embed' ? operations.embeddings : method, model);
      instruments.requestDuration.record(totalTime, labels);
      instruments.tokenUsage.record(promptTokens, { ...labels, [genAi.tokenType]: 'input' });
      instruments.promptTokens.add(promptTokens, { model, source: 'computed' });
    },
    error: ({ error, context, timestamp }) => {
      if (typeof context?.['streamId'] !== 'string') return;
      const outcome = error.code === 'Cancelled' ? 'cancelled' : 'error';
      const ended = endStream(context['streamId'], outcome);
      if (ended === undefined) return;
      const { model, operation, startedAt } = ended;
      const { tokensGenerated } = context;
      if (typeof tokensGenerated === 'number') {
        instruments.generationTokens.add(tokensGenerated, { model });
      }
      const labels = { ...genAiLabels(operation, model), [genAi.errorType]: error.code };
      instruments.requestDuration.record((timestamp - startedAt) / 1000, labels);
    },
  });
}

function countAnswer(
  instruments: Instruments,
  model: string,
  { stats, finishReasons = [], draftTokens = 0 }: Completed,
): void {
  const { cachedTokens = 0, promptTokens = 0 } = stats;
  for (const reason of finishReasons) {
    instruments.successes.add(1, { model, finished_reason: reason });
  }
  instruments.generationTokens.add(stats.tokensGenerated, { model });
  instruments.promptTokens.add(promptTokens - cachedTokens, { model, source: 'computed' });
  instruments.promptTokens.add(cachedTokens, { model, source: 'cache' });
  instruments.draftTokens.add(draftTokens, { model });
  instruments.acceptedTokens.add(stats.draftTokensAccepted ?? 0, { model });
  instruments.requestPromptTokens.record(promptTokens, { model });
  instruments.requestGenerationTokens.record(stats.tokensGenerated, { model });
}

function measureAnswer(
  instruments: Instruments,
  model: string,
  { stats, queueTime, prefillTime, decodeTime }: Completed,
  { trackTtft, trackThroughput }: Tracked,
): void {
  instruments.latency.record(stats.totalTime, { model });
  if (queueTime !== undefined) instruments.queueTime.record(queueTime, { model });
  if (prefillTime !== undefined) instruments.prefillTime.record(prefillTime, { model });
  if (decodeTime !== undefined) instruments.decodeTime.record(decodeTime, { model });
  if (stats.tokensGenerated === 0) return;
  if (trackTtft) instruments.timeToFirstToken.record(stats.timeToFirstToken, { model });
  if (trackThroughput) instruments.speed.record(stats.tokensPerSecond, { model });
}

function measureGenAi(
  instruments: Instruments,
  labels: Record<string, string>,
  {
    totalTime,
    timeToFirstToken,
    tokensGenerated,
    tokensPerSecond,
    promptTokens = 0,
  }: GenerationStats,
): void {
  instruments.requestDuration.record(totalTime, labels);
  instruments.tokenUsage.record(promptTokens, { ...labels, [genAi.tokenType]: 'input' });
  instruments.tokenUsage.record(tokensGenerated, { ...labels, [genAi.tokenType]: 'output' });
  if (tokensGenerated === 0) return;
  instruments.genAiTimeToFirstToken.record(timeToFirstToken, labels);
  if (tokensGenerated === 1 || tokensPerSecond === 0) return;
  instruments.timePerOutputToken.record(1 / tokensPerSecond, labels);
}

function genAiLabels(operation: string, model: string): Record<string, string> {
  return {
    [genAi.operationName]: operation,
    [genAi.providerName]: PROVIDER_NAME,
    [genAi.requestModel]: model,
    [genAi.responseModel]: model,
  };
}
