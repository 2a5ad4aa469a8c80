import { together } from '../../client/together.ts';
import { alternate } from '../../measure/alternate.ts';
import { atMost } from '../../measure/measurement.ts';
import { GREEDY, SAMPLED } from '../../prompts/settings.ts';
import { storyRequests } from '../concurrent.ts';
import type { Benchmark } from '../benchmark.ts';

/** What temperature and top-p add to a decode step of sixteen rows. */
export const samplingStep: Benchmark = {
  id: 'sampling-step',
  async measure({ rounds, progress, contenders }) {
    const { endpoint } = await contenders.ours();
    const load = { name: 'sampled step against greedy step', streams: 16, tokens: 48 };
    const pairs = await alternate(load.name, rounds, progress, {
      ours: (round) => together(endpoint, storyRequests({ ...load, settings: SAMPLED }, round)),
      reference: (round) =>
        together(
          endpoint,
          storyRequests({ ...load, name: 'greedy step', settings: GREEDY }, round),
        ),
    });
    return [
      {
        kind: 'comparison',
        id: 'sampling-step',
        title: 'decode step at 16 rows, temperature 0.7 and top_p 0.9: median',
        unit: 'ms',
        reference: 'our greedy step',
        bar: atMost(1.2),
        rounds: pairs.map(({ ours, reference }) => ({
          ours: ours.stepMedianMs,
          reference: reference.stepMedianMs,
        })),
      },
    ];
  },
};
