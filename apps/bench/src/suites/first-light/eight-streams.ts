import { atLeast } from '../../measure/measurement.ts';
import { GREEDY } from '../../prompts/settings.ts';
import { againstMlxLmServer } from '../concurrent.ts';
import type { Benchmark } from '../benchmark.ts';

export const eightStreams: Benchmark = {
  id: 'eight-streams',
  async measure(context) {
    const load = { name: '8 streams greedy', streams: 8, tokens: 64, settings: GREEDY };
    const { pairs, note } = await againstMlxLmServer(context, load);
    return [
      {
        kind: 'comparison',
        id: 'eight-streams',
        title: '8 streams greedy, 64 tokens each: total',
        unit: 'tok/s',
        reference: 'mlx_lm.server',
        bar: atLeast(1),
        rounds: pairs.map(({ ours, reference }) => ({
          ours: ours.tokensPerSecond,
          reference: reference.tokensPerSecond,
        })),
        note,
      },
    ];
  },
};
