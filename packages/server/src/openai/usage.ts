import type { GenerationStats, MetadataChunk, OpenAIUsage } from '@mlx/schemas';

type Details = NonNullable<OpenAIUsage['completion_tokens_details']> & {
  /** Tokens that were drafted and that the model chose; a count of our own. */
  accepted_draft_tokens?: number;
};

/** What completion tokens were spent on, in OpenAI's names where it has one. */
const details = {
  reasoning_tokens: 'reasoningTokens',
  accepted_prediction_tokens: 'acceptedPredictionTokens',
  rejected_prediction_tokens: 'rejectedPredictionTokens',
  accepted_draft_tokens: 'draftTokensAccepted',
} as const satisfies Partial<Record<keyof Details, keyof GenerationStats>>;

/** Adds up the answers of one request; a prompt with several answers counts once. */
export class UsageCounter {
  readonly #answersPerPrompt: number;
  #promptTokens = 0;
  #cachedTokens = 0;
  #completionTokens = 0;
  #details: Details | undefined;

  constructor(answersPerPrompt: number) {
    this.#answersPerPrompt = answersPerPrompt;
  }

  add({ stats, index = 0 }: MetadataChunk): void {
    this.#completionTokens += stats.tokensGenerated;
    this.#addDetails(stats);
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
      ...(this.#details === undefined ? {} : { completion_tokens_details: this.#details }),
    };
  }

  /** Counts that no answer has are left out. */
  #addDetails(stats: GenerationStats): void {
    for (const name of Object.keys(details) as (keyof typeof details)[]) {
      const count = stats[details[name]];
      if (count === undefined) continue;
      this.#details ??= {};
      this.#details[name] = (this.#details[name] ?? 0) + count;
    }
  }
}
