import type { Endpoint } from '../../client/endpoint.ts';
import { streamCompletion } from '../../client/stream-completion.ts';
import { timeToFirstToken } from '../../client/stream-record.ts';
import { alternate } from '../../measure/alternate.ts';
import { atMost } from '../../measure/measurement.ts';
import { median } from '../../measure/statistics.ts';
import type { Benchmark } from '../benchmark.ts';
import { about, startSeeing } from './contenders.ts';

/** Of each size one. */
const IMAGES = 2;

/** Another question about an image that was shown before. */
export const secondQuestion: Benchmark = {
  id: 'second-question',
  async measure({ rounds, progress }) {
    await using seeing = await startSeeing(rounds * IMAGES, progress);
    const images = (round: number) => seeing.images.slice(round * IMAGES, (round + 1) * IMAGES);
    const pairs = await alternate('a second question', rounds, progress, {
      ours: (round) => secondFirstToken(seeing.ours.endpoint, images(round)),
      reference: (round) => secondFirstToken(seeing.reference.endpoint, images(round)),
    });
    return [
      {
        kind: 'comparison',
        id: 'second-question',
        title: 'a second question about the same image: first token',
        unit: 'ms',
        reference: 'mlx_vlm.server',
        bar: atMost(0.2),
        rounds: pairs,
      },
    ];
  },
};

async function secondFirstToken(endpoint: Endpoint, images: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (const image of images) {
    await streamCompletion(endpoint, about(image, 'What is it?', 4));
    const record = await streamCompletion(endpoint, about(image, 'How large is it?', 4));
    times.push(timeToFirstToken(record));
  }
  return median(times);
}
