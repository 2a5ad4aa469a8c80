import type { MetadataChunk, OpenAIUsage } from '@mlx/schemas';

/** Adds up the answers of one request; a prompt with several answers counts once. */
export class UsageCounter {
  readonly #answersPerPrompt: number;
  #promptTokens = 0;
  #cachedTokens = 0;
  #completionTokens = 0;
  #reasoningTokens: number | undefined;

  constructor(answersPerPrompt: number) {
    this.#answersPerPrompt = answersPerPrompt;
  }

  add({ stats, index = 0 }: MetadataChunk): void {
    this.#completionTokens += stats.tokensGenerated;
    if (stats.reasoningTokens !== undefined) {
      this.#reasoningTokens = (this.#reasoningTokens ?? 0) + stats.reasoningTokens;
    }
    if (index % this.#answersPerPrompt !== 0) return;
    this.#promptTokens += stats.promptTokens ?? 0;
    this.#cachedTokens += stats.cachedTokens ?? 0;
  }

  read(): OpenAIUsage {
    return {
      prompt_tokens: this.#promptTokens,
      completion_tokens: this.#completionTokens,
      total_tokens: this.#promptTokens + this.#completionTokens,
      prompt_tokens_details: { cached_tokens: this.#cachedTokens },
      ...(this.#reasoningTokens === undefined
        ? {}
        : { completion_tokens_details: { reasoning_tokens: this.#reasoningTokens } }),
    };
  }
}
