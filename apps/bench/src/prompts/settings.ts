import type { CompletionRequest } from '../client/completion-request.ts';

export type SamplingSettings = Omit<CompletionRequest, 'messages' | 'max_tokens' | 'n' | 'stop'>;

export const GREEDY: SamplingSettings = { temperature: 0 };
export const SAMPLED: SamplingSettings = { temperature: 0.7, top_p: 0.9 };

/** Sixteen streams of which no two are sampled alike. */
export const SIXTEEN_DIFFERENT: readonly SamplingSettings[] = [
  { temperature: 0 },
  { temperature: 0.7, top_p: 0.9 },
  { temperature: 0.7, top_p: 0.9, seed: 1 },
  { temperature: 1, top_k: 40, seed: 2 },
  { temperature: 0.3, top_p: 0.5, seed: 3 },
  { temperature: 1.2, top_p: 0.95, seed: 4 },
  { temperature: 0.8, presence_penalty: 0.5, seed: 5 },
  { temperature: 0.8, frequency_penalty: 0.5, seed: 6 },
  { temperature: 0.8, presence_penalty: 1, frequency_penalty: 1 },
  { temperature: 0, frequency_penalty: 0.3 },
  { temperature: 0, presence_penalty: 0.3 },
  { temperature: 0.9, logit_bias: { '30': 2, '28': -2 } },
  { temperature: 0.6, top_p: 0.8, logit_bias: { '253': 1 }, seed: 7 },
  { temperature: 0.5, top_p: 0.99, frequency_penalty: -0.1, seed: 8 },
  { temperature: 1, min_p: 0.05 },
  { temperature: 0.2, repetition_penalty: 1.1, seed: 9 },
];
