import type { MetadataChunk, OpenAIUsage } from '@mlx/schemas';

/** Adds up the answers of one request; their prompt counts once. */
export class UsageCounter {
  #promptTokens = 0;
  #cachedTokens = 0;
  #completionTokens = 0;

  add({ stats, index = 0 }: MetadataChunk): void {
    this.#completionTokens += stats.tokensGenerated;
    this.#promptTokens = Math.max(this.#promptTokens, stats.promptTokens ?? 0);
    if (index === 0) this.#cachedTokens = stats.cachedTokens ?? 0;
  }

  read(): OpenAIUsage {
    return {
      prompt_tokens: this.#promptTokens,
      completion_tokens: this.#completionTokens,
      total_tokens: this.#promptTokens + this.#completionTokens,
      prompt_tokens_details: { cached_tokens: this.#cachedTokens },
    };
  }
}
