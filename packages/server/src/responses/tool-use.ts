import type { GeneratorParams, ToolChoice } from '@mlx/schemas';
import type { NamedTool, ResponseToolChoice } from '@mlx/schemas/responses';
import { badRequest, unsupported } from '../http/parse-body.js';
import type { KnownTool, ToolSet } from './tool-set.js';

type ToolUse = Pick<GeneratorParams, 'tools' | 'toolChoice'>;
type Allowed = Extract<ResponseToolChoice, { type: 'allowed_tools' }>;

/**
 * The tools that the model may call and what it must do with them.
 *
 * @throws HttpError 400 where a call is asked for that no tool can answer
 */
export function toToolUse(choice: ResponseToolChoice | null | undefined, known: ToolSet): ToolUse {
  if (choice === null || choice === undefined) return use(known.tools);
  if (typeof choice === 'string') return use(known.tools, choice);
  if (choice.type === 'allowed_tools') return use(allowed(choice, known), choice.mode ?? 'auto');
  if (choice.type === 'function' || choice.type === 'custom') {
    const { definition } = required(choice, known, 'tool_choice.name');
    return use(known.tools, { name: definition.name });
  }
  throw unsupported('tool_choice.type', `The server has no tool of type '${choice.type}'.`);
}

function use(tools: readonly KnownTool[], choice?: ToolChoice): ToolUse {
  if (tools.length > 0) {
    const definitions = tools.map(({ definition }) => definition);
    return { tools: definitions, ...(choice === undefined ? {} : { toolChoice: choice }) };
  }
  if (choice !== 'required') return {};
  const message = "'tool_choice' asks for a call, and there is no tool that can be called.";
  throw badRequest(message, 'invalid_parameter', 'tool_choice');
}

/** Hosted tools among the allowed are not there to be called. */
function allowed({ tools }: Allowed, known: ToolSet): KnownTool[] {
  return tools.flatMap((tool, index) =>
    tool.type === 'function' || tool.type === 'custom'
      ? [required(tool, known, `tool_choice.tools.${index}.name`)]
      : [],
  );
}

function required(tool: NamedTool, known: ToolSet, path: string): KnownTool {
  const found = known.named(tool);
  if (found) return found;
  throw badRequest(
    `Invalid '${path}': There is no tool '${tool.name}' among 'tools'.`,
    'invalid_parameter',
    path,
  );
}
