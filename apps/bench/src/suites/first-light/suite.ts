import type { Suite } from '../benchmark.ts';
import { eightStreams } from './eight-streams.ts';
import { memory } from './memory.ts';
import { singleStream } from './single-stream.ts';

export const firstLight: Suite = {
  name: 'first-light',
  description: 'What the way from HTTP to MLX costs, and what Node weighs.',
  benchmarks: [singleStream, eightStreams, memory],
};
