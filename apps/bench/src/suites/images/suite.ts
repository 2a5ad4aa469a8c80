import type { Suite } from '../benchmark.ts';
import { eightImages } from './eight-images.ts';
import { secondQuestion } from './second-question.ts';

export const images: Suite = {
  name: 'images',
  description: 'Images beside the server of mlx-vlm, on a model of random weights.',
  benchmarks: [eightImages, secondQuestion],
};
