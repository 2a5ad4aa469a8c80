import type { ChatCompletionRequest, GeneratorParams, ToolDefinition } from '@mlx/schemas';
import { badRequest, unsupported } from '../http/parse-body.js';

type Request = Pick<ChatCompletionRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>;
type Tool = NonNullable<ChatCompletionRequest['tools']>[number];

/** Tools and what may be done with them, in the engine's terms. */
export function toTools(request: Request): Partial<GeneratorParams> {
  const { tool_choice: choice } = request;
  const parallelToolCalls = request.parallel_tool_calls ?? undefined;
  const tools = request.tools?.map(toTool) ?? [];
  const parallel = parallelToolCalls === undefined ? {} : { parallelToolCalls };
  const offered = tools.length > 0 ? { tools, ...parallel } : parallel;
  if (!choice) return offered;
  if (typeof choice === 'string') return { ...offered, toolChoice: choice };
  if (choice.type === 'function') {
    // A function that is named is called exactly once.
    return { ...offered, toolChoice: choice.function, parallelToolCalls: false };
  }
  const { mode, tools: allowed } = choice.allowed_tools;
  const names = allowed.map(({ function: { name } }) => name);
  return { ...offered, tools: allowedOf(tools, names), toolChoice: mode };
}

/** The others are not told to the model. */
function allowedOf(tools: readonly ToolDefinition[], names: readonly string[]): ToolDefinition[] {
  const missing = names.findIndex((name) => !tools.some((tool) => tool.name === name));
  if (missing === -1) return tools.filter(({ name }) => names.includes(name));
  const param = `tool_choice.allowed_tools.tools.${missing}`;
  throw badRequest(`Invalid '${param}': There is no such tool.`, 'invalid_parameter', param);
}

function toTool(tool: Tool, index: number): ToolDefinition {
  if (tool.type === 'custom') {
    throw unsupported(`tools.${index}`, 'Describe it as a function with one parameter.');
  }
  const { strict, parameters, ...definition } = tool.function;
  return {
    ...definition,
    ...(parameters ? { parameters: withoutNulls(parameters) } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}

/** Generators write `properties: null` and `required: null` for tools without arguments. */
function withoutNulls(parameters: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== null));
}
