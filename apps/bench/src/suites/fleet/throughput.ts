import { atLeast } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { MODEL } from '../transport/fake-engine.ts';
import { generate } from './overhead.ts';
import { startFleet, type RunningFleet } from './start-fleet.ts';

const WORKERS = 2;
const STREAMS = 32;
const TOKENS_PER_STREAM = 15_000;
const WARM_UP_TOKENS = 1000;

/** How much one gateway passes on when workers cost nothing. */
export const throughput: Benchmark = {
  id: 'fleet-throughput',
  async measure({ rounds, progress }) {
    const model = { type: 'fake', generation: { stepMs: 0 } } as const;
    await using fleet = await startFleet(WORKERS, model, MODEL);
    await flood(fleet, WARM_UP_TOKENS);
    const rates: Flood[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`as many tokens as a gateway takes: round ${round + 1} of ${rounds}`);
      rates.push(await flood(fleet, TOKENS_PER_STREAM));
    }
    return [
      {
        kind: 'reading',
        id: 'fleet-throughput',
        title: `${STREAMS} streams from ${WORKERS} workers through one gateway: tokens in a second of its processor's time`,
        unit: 'tok/s',
        // The workers, their sidecars and the server have processors of their own in a fleet.
        bar: atLeast(100_000),
        values: rates.map(({ tokens, cpuSeconds }) => tokens / cpuSeconds),
      },
      {
        kind: 'reading',
        id: 'fleet-throughput-here',
        title: 'the same in a second on this machine, which the workers and the server share',
        unit: 'tok/s',
        values: rates.map(({ tokens, seconds }) => tokens / seconds),
      },
    ];
  },
};

interface Flood {
  readonly tokens: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function flood({ engine }: RunningFleet, tokensEach: number): Promise<Flood> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  const counts = await Promise.all(
    Array.from({ length: STREAMS }, async () => {
      let counted = 0;
      for await (const chunk of generate(engine, tokensEach)) {
        if (chunk.type === 'token') counted += chunk.tokenIds?.length ?? 1;
      }
      return counted;
    }),
  );
  const { user, system } = process.cpuUsage(before);
  const wrong = counts.find((counted) => counted !== tokensEach);
  if (wrong !== undefined) throw new Error(`A stream of ${tokensEach} tokens brought ${wrong}.`);
  return {
    tokens: tokensEach * STREAMS,
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1_000_000,
  };
}
