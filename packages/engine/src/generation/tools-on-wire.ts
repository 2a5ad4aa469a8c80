import type { GeneratorParams, ToolDefinition } from '@mlx/schemas';
import type { WireParams } from '@mlx/schemas/wire';

type WireToolUse = NonNullable<WireParams<'generate'>['toolUse']>;

/** The tools that the model is shown: none when it may call none. */
export function offeredTools({ tools = [], toolChoice }: GeneratorParams): ToolDefinition[] {
  return toolChoice === 'none' ? [] : tools;
}

/** In OpenAI's shape, as chat templates want them; undefined when there is none. */
export function toWireTools(
  tools: readonly ToolDefinition[],
): Record<string, unknown>[] | undefined {
  if (tools.length === 0) return undefined;
  return tools.map(({ name, description, parameters, strict }) => ({
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(strict === undefined ? {} : { strict }),
    },
  }));
}

export function toWireToolUse(params: GeneratorParams): WireToolUse | undefined {
  if (offeredTools(params).length === 0) return undefined;
  const { toolChoice = 'auto', parallelToolCalls: parallel } = params;
  if (typeof toolChoice === 'object') {
    return { choice: 'required', name: toolChoice.name, parallel };
  }
  return { choice: toolChoice === 'required' ? 'required' : 'auto', parallel };
}
