import type { Suite } from '../benchmark.ts';
import { churn } from './churn.ts';
import { differentSettings } from './different-settings.ts';
import { prefillStall } from './prefill-stall.ts';
import { samplingStep } from './sampling-step.ts';
import { severalChoices } from './several-choices.ts';
import { sharedPrompt } from './shared-prompt.ts';
import { sixteenGreedy } from './sixteen-greedy.ts';
import { sixteenSampled } from './sixteen-sampled.ts';

export const batching: Suite = {
  name: 'batching',
  description:
    'Many requests at once, alike and different, against mlx_lm.server and against ourselves.',
  benchmarks: [
    sixteenSampled,
    sixteenGreedy,
    samplingStep,
    differentSettings,
    sharedPrompt,
    prefillStall,
    severalChoices,
    churn,
  ],
};
