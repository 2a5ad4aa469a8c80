import type { BatchObservableResult, Meter } from '@opentelemetry/api';

/** What one model's process and its supervision have counted so far; `Engine.getRuntimeInfo()` says it. */
export interface RuntimeCounters {
  readonly model: string;
  readonly restartReasons: Readonly<Record<string, number>>;
  readonly crashes: Readonly<Record<string, number>>;
  readonly recoveries: Readonly<Record<string, number>>;
  readonly droppedFrames: Readonly<Record<string, number>>;
  readonly slowConsumers: number;
  readonly circuit: string;
}

const CIRCUIT_STATES = ['closed', 'half-open', 'open'];

function createInstruments(meter: Meter) {
  return {
    restarts: meter.createObservableCounter('mlx_runtime_restarts', {
      description: 'Processes of models that were replaced, by reason',
    }),
    crashes: meter.createObservableCounter('mlx_runtime_crashes', {
      description: 'Ends of processes that nobody asked for, by reason',
    }),
    recoveries: meter.createObservableCounter('mlx_recoveries', {
      description: 'Answers whose process crashed, by what became of them',
    }),
    droppedFrames: meter.createObservableCounter('mlx_dropped_frames', {
      description: 'Frames that made no sense or came too late, by kind',
    }),
    slowConsumers: meter.createObservableCounter('mlx_slow_consumers', {
      description: 'Requests dropped because their consumer took nothing',
    }),
    circuit: meter.createObservableGauge('mlx_circuit_state', {
      description: 'The breaker of idempotent calls: 1 for the state it is in',
    }),
  };
}

/** Reads the counters whenever the meter is collected, until the returned function is called. */
export function observeRuntime(
  meter: Meter,
  read: () => Promise<readonly RuntimeCounters[]>,
): () => void {
  const instruments = createInstruments(meter);
  const observe = async (result: BatchObservableResult): Promise<void> => {
    for (const counters of await read()) observeModel(result, instruments, counters);
  };
  const observed = Object.values(instruments);
  meter.addBatchObservableCallback(observe, observed);
  return () => meter.removeBatchObservableCallback(observe, observed);
}

function observeModel(
  result: BatchObservableResult,
  instruments: ReturnType<typeof createInstruments>,
  { model, ...counters }: RuntimeCounters,
): void {
  result.observe(instruments.slowConsumers, counters.slowConsumers, { model });
  for (const [reason, count] of Object.entries(counters.restartReasons)) {
    result.observe(instruments.restarts, count, { model, reason });
  }
  for (const [reason, count] of Object.entries(counters.crashes)) {
    result.observe(instruments.crashes, count, { model, reason });
  }
  for (const [outcome, count] of Object.entries(counters.recoveries)) {
    result.observe(instruments.recoveries, count, { model, outcome });
  }
  for (const [kind, count] of Object.entries(counters.droppedFrames)) {
    result.observe(instruments.droppedFrames, count, { model, kind });
  }
  for (const state of CIRCUIT_STATES) {
    result.observe(instruments.circuit, state === counters.circuit ? 1 : 0, { model, state });
  }
}
