import { atLeast } from '../../measure/measurement.ts';
import { GREEDY } from '../../prompts/settings.ts';
import { againstMlxLmServer, totalRate } from '../concurrent.ts';
import type { Benchmark } from '../benchmark.ts';

export const sixteenGreedy: Benchmark = {
  id: 'sixteen-greedy',
  async measure(context) {
    const load = { name: '16 streams greedy', streams: 16, tokens: 64, settings: GREEDY };
    const title = '16 streams greedy, 64 tokens each: total';
    const measured = await againstMlxLmServer(context, load);
    return [totalRate('sixteen-greedy', title, atLeast(1.25), measured)];
  },
};
