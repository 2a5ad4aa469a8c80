import type { ChatCompletionRequest, GeneratorParams } from '@mlx/schemas';

/** How the model thinks: OpenAI's effort, or OpenRouter's object. */
export function toReasoning(request: ChatCompletionRequest): Partial<GeneratorParams> {
  const { reasoning_effort: effort, reasoning } = request;
  if (!reasoning && !effort) return {};
  const { max_tokens: budgetTokens, enabled } = reasoning ?? {};
  const asked = reasoning?.effort ?? effort;
  return {
    reasoning: {
      ...(asked ? { effort: asked } : {}),
      ...(typeof enabled === 'boolean' ? { enabled } : {}),
      ...(typeof budgetTokens === 'number' ? { budgetTokens } : {}),
    },
  };
}
