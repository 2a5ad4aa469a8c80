import type { GenerationStats } from '@mlx/schemas';
import type { ResponseUsage } from '@mlx/schemas/responses';

export function toUsage(stats: GenerationStats): ResponseUsage {
  const { promptTokens = 0, cachedTokens = 0, reasoningTokens = 0, tokensGenerated } = stats;
  return {
    input_tokens: promptTokens,
    // Tokens are kept for later requests at no cost, so nobody counts them.
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: tokensGenerated,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + tokensGenerated,
  };
}
