import { atMost, type Round } from '../../measure/measurement.ts';
import { quantile } from '../../measure/statistics.ts';
import type { Benchmark } from '../benchmark.ts';
import { startFakeEngine, type FakeEngine } from './fake-engine.ts';
import { delaysTogether, STEP_MS } from './latency.ts';

const SLOW_STREAMS = 8;
const TOKENS = 100_000;

type Stream = ReturnType<FakeEngine['generate']>;

/** What streams whose consumers have stopped reading cost the others. */
export const slowConsumer: Benchmark = {
  id: 'slow-consumer',
  async measure({ rounds, progress }) {
    await using engine = await startFakeEngine({ stepMs: STEP_MS, timestamps: true });
    await delaysTogether(engine);
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`frames beside streams that nobody reads: round ${round + 1} of ${rounds}`);
      const reference = quantile(await delaysTogether(engine), 0.99);
      const forgotten = await forgottenStreams(engine);
      const ours = quantile(await delaysTogether(engine), 0.99);
      await Promise.all(forgotten.map((stream) => stream.return()));
      measured.push({ ours, reference });
    }
    return [
      {
        kind: 'comparison',
        id: 'slow-consumer',
        title: `99th percentile beside ${SLOW_STREAMS} streams that nobody reads`,
        unit: 'ms',
        reference: 'without them',
        bar: atMost(1.1),
        rounds: measured,
      },
    ];
  },
};

/** Streams that have begun and are not read any further: each fills its window and pauses. */
async function forgottenStreams(engine: FakeEngine): Promise<Stream[]> {
  const streams = Array.from({ length: SLOW_STREAMS }, () => engine.generate(TOKENS));
  await Promise.all(streams.map((stream) => stream.next()));
  return streams;
}
