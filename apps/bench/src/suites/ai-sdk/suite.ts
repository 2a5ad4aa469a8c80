import type { Suite } from '../benchmark.ts';
import { abandoned } from './abandoned.ts';
import { firstTool } from './first-tool.ts';
import { sixteenStreams } from './sixteen-streams.ts';

export const aiSdk: Suite = {
  name: 'ai-sdk',
  description: 'Our provider for the Vercel AI SDK beside @ai-sdk/openai-compatible.',
  benchmarks: [firstTool, sixteenStreams, abandoned],
};
