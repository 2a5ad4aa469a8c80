import { atLeast, atMost } from '../../measure/measurement.ts';
import { SAMPLED } from '../../prompts/settings.ts';
import { againstMlxLmServer, totalRate } from '../concurrent.ts';
import type { Benchmark } from '../benchmark.ts';

export const sixteenSampled: Benchmark = {
  id: 'sixteen-sampled',
  async measure(context) {
    const load = { name: '16 streams sampled', streams: 16, tokens: 64, settings: SAMPLED };
    const title = '16 streams, temperature 0.7, top_p 0.9, 64 tokens each: total';
    const measured = await againstMlxLmServer(context, load);
    return [
      totalRate('sixteen-sampled', title, atLeast(1.8), measured),
      {
        kind: 'comparison',
        id: 'sixteen-sampled-first-token',
        title: 'the same: time to first token, median',
        unit: 'ms',
        reference: 'mlx_lm.server',
        bar: atMost(0.6),
        rounds: measured.pairs.map(({ ours, reference }) => ({
          ours: ours.firstTokenMedianMs,
          reference: reference.firstTokenMedianMs,
        })),
      },
    ];
  },
};
