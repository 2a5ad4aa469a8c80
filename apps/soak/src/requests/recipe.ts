import type { GeneratorParams } from '@mlx/schemas';
import type { Random } from '../random.ts';

/** Something to ask for whose answer is the same every time: greedy, or with a seed. */
export interface Recipe {
  readonly id: number;
  readonly params: Partial<GeneratorParams> & { readonly prompt: string };
}

const BEGINNINGS = [
  'Once upon a time in a harbour town,',
  'The three most important inventions are',
  'Dear neighbour, I am writing to you because',
  'def fibonacci(n):',
  'A recipe for lentil soup:',
  'In the year 1905, a young clerk in Bern',
  'Die schönste Stadt am Rhein ist',
  'Q: What is the capital of France? A:',
] as const;

/** Sampling of every kind; a seed is added to those that draw. */
const SETTINGS: readonly Partial<GeneratorParams>[] = [
  { temperature: 0 },
  { temperature: 0 },
  { temperature: 0, frequencyPenalty: 0.4 },
  { temperature: 0, logprobs: true, topLogprobs: 2 },
  { temperature: 0.7, topP: 0.9 },
  { temperature: 1, topK: 40 },
  { temperature: 1.1, minP: 0.05 },
  { temperature: 0.8, presencePenalty: 0.5, repetitionPenalty: 1.1 },
  { temperature: 0.9, logitBias: { '30': 2, '28': -2 } },
];

/** The answers of one soak, drawn once; every request asks for one of them. */
export function drawRecipes(random: Random, count: number, longest: number): Recipe[] {
  return Array.from({ length: count }, (_, id) => {
    const settings = random.pick(SETTINGS);
    const drawn = (settings.temperature ?? 0) > 0;
    return {
      id,
      params: {
        ...settings,
        ...(drawn ? { seed: random.between(0, 1_000_000) } : {}),
        ...(random.chance(0.15) ? { n: 2, seed: random.between(0, 1_000_000) } : {}),
        ...(random.chance(0.2) ? { stopSequences: ['\n\n', '. The'] } : {}),
        prompt: drawPrompt(random),
        maxTokens: random.between(2, longest),
      },
    };
  });
}

/** Mostly short; some are long enough to be read in several chunks. */
function drawPrompt(random: Random): string {
  const beginning = random.pick(BEGINNINGS);
  if (!random.chance(0.15)) return beginning;
  const words = Array.from({ length: random.between(50, 250) }, () => random.pick(BEGINNINGS));
  return `${words.join(' ').split(' ').slice(0, random.between(50, 250)).join(' ')}\n${beginning}`;
}
