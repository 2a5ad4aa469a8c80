import { atLeast } from '../../measure/measurement.ts';
import { GREEDY } from '../../prompts/settings.ts';
import { againstMlxLmServer } from '../concurrent.ts';
import type { Benchmark } from '../benchmark.ts';

export const sixteenGreedy: Benchmark = {
  id: 'sixteen-greedy',
  async measure(context) {
    const load = { name: '16 streams greedy', streams: 16, tokens: 64, settings: GREEDY };
    const { pairs, note } = await againstMlxLmServer(context, load);
    return [
      {
        kind: 'comparison',
        id: 'sixteen-greedy',
        title: '16 streams greedy, 64 tokens each: total',
        unit: 'tok/s',
        reference: 'mlx_lm.server',
        bar: atLeast(1.25),
        rounds: pairs.map(({ ours, reference }) => ({
          ours: ours.tokensPerSecond,
          reference: reference.tokensPerSecond,
        })),
        note,
      },
    ];
  },
};
