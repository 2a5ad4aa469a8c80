import type {
  AnthropicCountTokensRequest,
  GeneratorParams,
  ToolChoice,
  ToolDefinition,
} from '@mlx/schemas';

type Request = AnthropicCountTokensRequest;

export function toTools({ tools }: Request): { tools?: ToolDefinition[] } {
  if (!tools?.length) return {};
  return {
    tools: tools.map(({ name, description, input_schema: parameters, strict }) => ({
      name,
      parameters,
      ...(description === undefined ? {} : { description }),
      ...(strict === undefined ? {} : { strict }),
    })),
  };
}

export function toToolChoice({ tool_choice: choice }: Request): Partial<GeneratorParams> {
  if (choice === undefined) return {};
  const single = 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use;
  return {
    toolChoice: toChoice(choice),
    ...(single ? { parallelToolCalls: false } : {}),
  };
}

function toChoice(choice: NonNullable<Request['tool_choice']>): ToolChoice {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return choice.type;
    case 'any':
      return 'required';
    case 'tool':
      return { name: choice.name };
    default:
      return choice satisfies never;
  }
}

/** `adaptive` leaves it to the model, as does saying nothing. */
export function toReasoning({ thinking }: Request): Partial<GeneratorParams> {
  switch (thinking?.type) {
    case 'enabled':
      return { reasoning: { enabled: true, budgetTokens: thinking.budget_tokens } };
    case 'disabled':
      return { reasoning: { enabled: false } };
    case 'adaptive':
    case undefined:
      return {};
    default:
      return thinking satisfies never;
  }
}
