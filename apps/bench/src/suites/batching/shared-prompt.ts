import type { CompletionRequest } from '../../client/completion-request.ts';
import { together } from '../../client/together.ts';
import { alternate } from '../../measure/alternate.ts';
import { atMost } from '../../measure/measurement.ts';
import { longText } from '../../prompts/long-text.ts';
import type { Benchmark } from '../benchmark.ts';

const SYSTEM_TOKENS = 1000;
const ANSWER_TOKENS = 16;

/**
 * Requests that share a system prompt and arrive together, before any cache
 * knows it. Once per run: it takes the peer minutes.
 */
export const sharedPrompt: Benchmark = {
  id: 'shared-prompt',
  async measure({ progress, contenders }) {
    const ours = await contenders.ours();
    const peer = await contenders.mlxLmServer();
    const [pair] = await alternate('16 requests with one cold system prompt', 1, progress, {
      ours: () => together(ours.endpoint, requests()),
      reference: () => together(peer.endpoint, requests()),
    });
    if (pair === undefined) throw new Error('The round gave no result.');
    const promptTokens = pair.ours.records[0]?.usage.promptTokens ?? 0;
    return [
      {
        kind: 'comparison',
        id: 'shared-prompt',
        title: `16 requests with one ${SYSTEM_TOKENS}-token system prompt, together and cold: wall time`,
        unit: 's',
        reference: 'mlx_lm.server',
        bar: atMost(0.12),
        rounds: [{ ours: pair.ours.wallSeconds, reference: pair.reference.wallSeconds }],
        note: `one round; ${promptTokens} prompt tokens and ${ANSWER_TOKENS} answer tokens each`,
      },
    ];
  },
};

function requests(): CompletionRequest[] {
  const system = longText('shared prompt', SYSTEM_TOKENS);
  return Array.from({ length: 16 }, (_, index) => ({
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: `Write a story about the number ${index + 10}.` },
    ],
    max_tokens: ANSWER_TOKENS,
    temperature: 0,
  }));
}
