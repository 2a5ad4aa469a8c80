import { together } from '../../client/together.ts';
import { alternate } from '../../measure/alternate.ts';
import { atMost } from '../../measure/measurement.ts';
import { sum } from '../../measure/statistics.ts';
import type { Benchmark } from '../benchmark.ts';
import { assertSameCount } from '../same-count.ts';
import { about, startSeeing } from './contenders.ts';

const REQUESTS = 8;
const TOKENS = 16;

/** Requests about images of two sizes, sent at the same moment. */
export const eightImages: Benchmark = {
  id: 'eight-images',
  async measure({ rounds, progress }) {
    await using seeing = await startSeeing(rounds * REQUESTS, progress);
    const requests = (round: number) =>
      seeing.images
        .slice(round * REQUESTS, (round + 1) * REQUESTS)
        .map((image, index) => about(image, `Question ${index}: what is it?`, TOKENS));
    const pairs = await alternate('eight images at once', rounds, progress, {
      ours: (round) => together(seeing.ours.endpoint, requests(round)),
      reference: (round) => together(seeing.reference.endpoint, requests(round)),
    });
    const counted = ({ records, completionTokens }: (typeof pairs)[number]['ours']) => ({
      promptTokens: sum(records.map(({ usage }) => usage.promptTokens)),
      completionTokens,
    });
    return [
      {
        kind: 'comparison',
        id: 'eight-images',
        title: `${REQUESTS} requests with images together, 256x256 and 1000x300: total time`,
        unit: 's',
        reference: 'mlx_vlm.server',
        bar: atMost(0.5),
        rounds: pairs.map(({ ours, reference }) => ({
          ours: ours.wallSeconds,
          reference: reference.wallSeconds,
        })),
        note: assertSameCount(
          pairs.map(({ ours, reference }) => ({
            ours: counted(ours),
            reference: counted(reference),
          })),
        ),
      },
    ];
  },
};
