import { atLeast } from '../../measure/measurement.ts';
import { GREEDY } from '../../prompts/settings.ts';
import { againstMlxLmServer, totalRate } from '../concurrent.ts';
import type { Benchmark } from '../benchmark.ts';

export const eightStreams: Benchmark = {
  id: 'eight-streams',
  async measure(context) {
    const load = { name: '8 streams greedy', streams: 8, tokens: 64, settings: GREEDY };
    const title = '8 streams greedy, 64 tokens each: total';
    const measured = await againstMlxLmServer(context, load);
    return [totalRate('eight-streams', title, atLeast(1), measured)];
  },
};
