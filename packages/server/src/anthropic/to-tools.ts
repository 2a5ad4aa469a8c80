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
      ...(parameters === undefined ? {} : { parameters }),
      ...(description === undefined ? {} : { description }),
      ...(strict === undefined ? {} : { strict }),
    })),
  };
}

export function toToolChoice({
  tool_choice: choice,
}: Request): Pick<GeneratorParams, 'toolChoice' | 'parallelToolCalls'> {
  if (choice === undefined) return {};
  // To name a tool is to ask for exactly one call of it.
  const single =
    choice.type === 'tool' || (choice.type !== 'none' && choice.disable_parallel_tool_use === true);
  return { toolChoice: toChoice(choice), ...(single ? { parallelToolCalls: false } : {}) };
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
