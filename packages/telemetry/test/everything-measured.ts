import { gapBorders } from '@mlx/schemas/conventions';
import { batchGauges, cacheGauges, modelGauges, startTelemetry } from '../src/index.js';
import { readExposition } from './read-exposition.js';
import { FakeEngine } from './support.js';

export const model = 'tiny';

/** Everything that there is to measure, once, in Prometheus' text format. */
export async function everythingMeasured(): Promise<string> {
  const engine = new FakeEngine();
  await using telemetry = await startTelemetry(engine, {
    enabled: true,
    ownPort: false,
    sample: async () => gauges(),
    runtime: async () => [runtimeCounters],
  });
  emitEverything(engine);
  telemetry.ignoredField({ endpoint: '/v1/chat/completions', field: 'store' });
  return telemetry.exposition();
}

export const measured = async () => readExposition(await everythingMeasured());

const runtimeCounters = {
  model,
  restartReasons: { signal: 1 },
  crashes: { signal: 1 },
  recoveries: { replayed: 1, resumed: 0, quarantined: 0, failed: 0 },
  droppedFrames: { malformedFrames: 1 },
  slowConsumers: 1,
  circuit: 'closed',
};

function gauges() {
  const rows = { queued: 1, prefilling: 0, decoding: 1, paused: 0 };
  const memory = { activeBytes: 1, residentBytes: 2 };
  const kv = { usedBytes: 25, limitBytes: 100 };
  return [
    ...batchGauges(model, { rows, meanBatchSize: 1, memory }),
    ...cacheGauges(model, {
      bytes: 1,
      sharedBytes: 1,
      hits: 1,
      misses: 1,
      hitTokens: 1,
      evictions: 1,
      kv,
    }),
    ...modelGauges(model, 4),
  ];
}

function emitEverything(engine: FakeEngine): void {
  const timestamp = Date.now();
  const counts = [...gapBorders.map(() => 0), 0];
  counts[3] = 9;
  engine.emit('runtime:status', { status: 'ready', timestamp });
  engine.emit('model:loaded', { model, timestamp });
  engine.emit('model:invalidated', { model, reason: 'crash', timestamp });
  engine.emit('tool:mismatch', { streamId: 'a', model, reason: 'no JSON', text: '', timestamp });
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
  const pooled = { model, method: 'embed', promptTokens: 5, totalTime: 0.02, timestamp };
  engine.emit('pooling:completed', pooled);
}
