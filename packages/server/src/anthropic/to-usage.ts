import type { AnthropicUsage, MetadataChunk, PromptUse } from '@mlx/schemas';
import type { AnswerChunk } from '../generation/chunks.js';

export function toUsage({ stats }: MetadataChunk): AnthropicUsage {
  const { promptTokens: tokens = 0, cachedTokens = 0, tokensGenerated, reasoningTokens } = stats;
  return {
    ...promptUsage({ tokens, cachedTokens }),
    output_tokens: tokensGenerated,
    ...(reasoningTokens === undefined
      ? {}
      : { output_tokens_details: { thinking_tokens: reasoningTokens } }),
  };
}

/** As it stands when an answer begins. */
export function toFirstUsage(first: AnswerChunk): AnthropicUsage {
  if (first.type === 'metadata') return { ...toUsage(first), output_tokens: 0 };
  return { ...promptUsage(first.prompt ?? { tokens: 0, cachedTokens: 0 }), output_tokens: 0 };
}

/** Anthropic counts cached tokens apart from the others. */
function promptUsage({ tokens, cachedTokens }: PromptUse) {
  return {
    input_tokens: tokens - cachedTokens,
    cache_read_input_tokens: cachedTokens,
    cache_creation_input_tokens: 0,
  };
}
