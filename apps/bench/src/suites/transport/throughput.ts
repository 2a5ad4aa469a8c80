import { atLeast, atMost } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { startFakeEngine, type FakeEngine } from './fake-engine.ts';
import { reachableBytes } from './heap.ts';

const STREAMS = 32;
const TOKENS_PER_STREAM = 31_250;
const WARM_UP_TOKENS = 2_000;

/** A million tokens through bridge and engine from a sidecar that costs nothing. */
export const throughput: Benchmark = {
  id: 'throughput',
  async measure({ rounds, progress }) {
    await using engine = await startFakeEngine({ stepMs: 0 });
    await generateTogether(engine, WARM_UP_TOKENS);
    const before = reachableBytes();
    const rates: number[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`a million tokens from a fake sidecar: round ${round + 1} of ${rounds}`);
      const startedAt = performance.now();
      const tokens = await generateTogether(engine, TOKENS_PER_STREAM);
      rates.push((tokens / (performance.now() - startedAt)) * 1000);
    }
    const grown = (reachableBytes() - before) / 2 ** 20;
    return [
      {
        kind: 'reading',
        id: 'throughput',
        title: `${STREAMS} streams through bridge and engine, 1,000,000 tokens`,
        unit: 'tok/s',
        bar: atLeast(50_000),
        values: rates,
      },
      {
        kind: 'reading',
        id: 'throughput-growth',
        title: `reachable heap after ${rounds} million tokens more than before`,
        unit: 'MiB',
        bar: atMost(2),
        values: [grown],
      },
    ];
  },
};

/** Resolves with the number of tokens that arrived; throws when it is not what was asked for. */
async function generateTogether(engine: FakeEngine, tokens: number): Promise<number> {
  const counts = await Promise.all(Array.from({ length: STREAMS }, () => count(engine, tokens)));
  const wrong = counts.find((counted) => counted !== tokens);
  if (wrong !== undefined) throw new Error(`A stream of ${tokens} tokens brought ${wrong}.`);
  return tokens * STREAMS;
}

async function count(engine: FakeEngine, tokens: number): Promise<number> {
  let counted = 0;
  for await (const chunk of engine.generate(tokens)) {
    if (chunk.type === 'token') counted += chunk.tokenIds?.length ?? 1;
  }
  return counted;
}
