import type { ChatCompletionRequest, GeneratorParams } from '@mlx/schemas';

/** Tools and what may be done with them, in the engine's terms. */
export function toTools(request: ChatCompletionRequest): Partial<GeneratorParams> {
  const { tools, tool_choice: choice } = request;
  // A function that is named is called exactly once.
  const isNamed = typeof choice === 'object' && choice !== null;
  const parallelToolCalls = isNamed ? false : (request.parallel_tool_calls ?? undefined);
  return {
    ...(tools?.length ? { tools: tools.map(toTool) } : {}),
    ...(choice ? { toolChoice: typeof choice === 'string' ? choice : choice.function } : {}),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
  };
}

function toTool({ function: { strict, ...definition } }: Tool) {
  return typeof strict === 'boolean' ? { ...definition, strict } : definition;
}
type Tool = NonNullable<ChatCompletionRequest['tools']>[number];

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
