import { atLeast, atMost } from '../../measure/measurement.ts';
import { SAMPLED } from '../../prompts/settings.ts';
import { againstMlxLmServer } from '../concurrent.ts';
import type { Benchmark } from '../benchmark.ts';

export const sixteenSampled: Benchmark = {
  id: 'sixteen-sampled',
  async measure(context) {
    const load = { name: '16 streams sampled', streams: 16, tokens: 64, settings: SAMPLED };
    const { pairs, note } = await againstMlxLmServer(context, load);
    return [
      {
        kind: 'comparison',
        id: 'sixteen-sampled',
        title: '16 streams, temperature 0.7, top_p 0.9, 64 tokens each: total',
        unit: 'tok/s',
        reference: 'mlx_lm.server',
        bar: atLeast(1.8),
        rounds: pairs.map(({ ours, reference }) => ({
          ours: ours.tokensPerSecond,
          reference: reference.tokensPerSecond,
        })),
        note,
      },
      {
        kind: 'comparison',
        id: 'sixteen-sampled-first-token',
        title: 'the same: time to first token, median',
        unit: 'ms',
        reference: 'mlx_lm.server',
        bar: atMost(0.6),
        rounds: pairs.map(({ ours, reference }) => ({
          ours: ours.firstTokenMedianMs,
          reference: reference.firstTokenMedianMs,
        })),
      },
    ];
  },
};
