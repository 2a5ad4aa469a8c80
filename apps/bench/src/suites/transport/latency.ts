import { atMost } from '../../measure/measurement.ts';
import { quantile } from '../../measure/statistics.ts';
import type { Benchmark } from '../benchmark.ts';
import { startFakeEngine, type FakeEngine } from './fake-engine.ts';

/** Whatever generates. */
type Source = Pick<FakeEngine, 'generate'>;

const STREAMS = 16;
export const STEP_MS = 10;
const STEPS = 400;

/** From the sidecar's write to the consumer's loop, at the pace of a fast model. */
export const latency: Benchmark = {
  id: 'latency',
  async measure({ rounds, progress }) {
    await using engine = await startFakeEngine({ stepMs: STEP_MS, timestamps: true });
    await delaysTogether(engine);
    const values: number[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`delay of frames every ${STEP_MS} ms: round ${round + 1} of ${rounds}`);
      values.push(quantile(await delaysTogether(engine), 0.99));
    }
    return [
      {
        kind: 'reading',
        id: 'latency',
        title: `${STREAMS} streams, a frame every ${STEP_MS} ms: 99th percentile from sidecar to consumer`,
        unit: 'ms',
        bar: atMost(2),
        values,
      },
    ];
  },
};

/** How long the frames of all streams took, in milliseconds. */
export async function delaysTogether(engine: Source): Promise<number[]> {
  const delays = await Promise.all(Array.from({ length: STREAMS }, () => streamDelays(engine)));
  return delays.flat();
}

/** Milliseconds each token took; its text is the moment it was written. */
async function streamDelays(engine: Source): Promise<number[]> {
  const delays: number[] = [];
  for await (const chunk of engine.generate(STEPS)) {
    if (chunk.type !== 'token') continue;
    const nowMicroseconds = Number(process.hrtime.bigint() / 1000n);
    delays.push((nowMicroseconds - Number(chunk.token)) / 1000);
  }
  return delays;
}
