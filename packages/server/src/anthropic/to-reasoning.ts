import type { AnthropicCountTokensRequest, ReasoningOptions } from '@mlx/schemas';

type Request = Pick<AnthropicCountTokensRequest, 'thinking' | 'output_config'>;

/** More than any context: the same as no limit. */
const LARGEST_BUDGET = 100_000;

/** `adaptive` and `between_tools` leave it to the model, as does saying nothing. */
export function toReasoning(request: Request): { reasoning?: ReasoningOptions } {
  const reasoning = { ...toThinking(request), ...toEffort(request) };
  return Object.keys(reasoning).length === 0 ? {} : { reasoning };
}

function toThinking({ thinking }: Request): ReasoningOptions {
  switch (thinking?.type) {
    case 'enabled':
      return { enabled: true, budgetTokens: Math.min(thinking.budget_tokens, LARGEST_BUDGET) };
    case 'disabled':
      return { enabled: false };
    case 'adaptive':
    case 'between_tools':
    case undefined:
      return {};
    default:
      return thinking satisfies never;
  }
}

/** How much is said of an answer without thoughts is nothing that a model can be asked. */
function toEffort({ thinking, output_config: config }: Request): ReasoningOptions {
  if (config?.effort === undefined || thinking?.type === 'disabled') return {};
  return { effort: config.effort === 'max' ? 'xhigh' : config.effort };
}
