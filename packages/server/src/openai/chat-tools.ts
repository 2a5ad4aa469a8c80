import type { ChatCompletionRequest, GeneratorParams, ToolDefinition } from '@mlx/schemas';
import type { BodyReader } from '../fields/body-reader.js';
import { badRequest } from '../http/parse-body.js';
import { asFunction, isOnlyTold, toCustomTool } from './custom-tools.js';

type Request = Pick<ChatCompletionRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>;
type Tool = NonNullable<ChatCompletionRequest['tools']>[number];
type NamedTool =
  | { readonly type: 'function'; readonly function: { readonly name: string } }
  | { readonly type: 'custom'; readonly custom: { readonly name: string } };

/** Tools and what may be done with them, in the engine's terms. */
export function toTools(request: Request, reader: BodyReader): Partial<GeneratorParams> {
  const { tool_choice: choice } = request;
  const parallelToolCalls = request.parallel_tool_calls ?? undefined;
  const tools = request.tools?.map((tool, index) => toTool(tool, index, reader)) ?? [];
  const parallel = parallelToolCalls === undefined ? {} : { parallelToolCalls };
  const offered = tools.length > 0 ? { tools, ...parallel } : parallel;
  if (!choice) return offered;
  if (typeof choice === 'string') return { ...offered, toolChoice: choice };
  if (choice.type !== 'allowed_tools') {
    // A tool that is named is called exactly once.
    return { ...offered, toolChoice: { name: nameOf(choice) }, parallelToolCalls: false };
  }
  const { mode, tools: allowed } = choice.allowed_tools;
  const names = allowed.map(nameOf);
  return { ...offered, tools: allowedOf(tools, names), toolChoice: mode };
}

/** The others are not told to the model. */
function allowedOf(tools: readonly ToolDefinition[], names: readonly string[]): ToolDefinition[] {
  const missing = names.findIndex((name) => !tools.some((tool) => tool.name === name));
  if (missing === -1) return tools.filter(({ name }) => names.includes(name));
  const param = `tool_choice.allowed_tools.tools.${missing}`;
  throw badRequest(`Invalid '${param}': There is no such tool.`, 'invalid_parameter', param);
}

/** The tools of a request that take plain text, by name. */
export function customToolsOf({ tools }: Request): ReadonlySet<string> {
  return new Set(tools?.filter(({ type }) => type === 'custom').map(nameOf));
}

function nameOf(tool: NamedTool): string {
  return tool.type === 'function' ? tool.function.name : tool.custom.name;
}

function toTool(tool: Tool, index: number, reader: BodyReader): ToolDefinition {
  if (tool.type === 'custom') {
    const custom = toCustomTool(tool);
    if (isOnlyTold(custom)) reader.ignore('tools[].custom.format', `tools.${index}.custom.format`);
    return asFunction(custom, custom.name);
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
