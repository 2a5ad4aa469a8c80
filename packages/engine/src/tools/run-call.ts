import type { ChatMessage, ToolCall } from '@mlx/schemas';
import { abortable } from '../support/abortable.js';
import { invalidParameter } from '../support/errors.js';
import { validate } from '../support/validate.js';
import type { Tool } from './define-tool.js';
import type { ToolOutcome } from './run-options.js';

/**
 * Carries a call out. What goes wrong with it is its outcome, since the model
 * may do better next time; only an abort rejects.
 */
export async function runCall(
  { id, name, arguments: argumentsText }: ToolCall,
  tools: readonly Tool[],
  signal: AbortSignal,
): Promise<ToolOutcome<Tool>> {
  try {
    const tool = tools.find((candidate) => candidate.name === name);
    if (tool === undefined) throw invalidParameter('tool', `There is no tool named '${name}'`);
    const input = validate(tool.parameters, parseJson(argumentsText));
    const working = Promise.resolve(tool.execute(input, { toolCallId: id, signal }));
    return { tool: name, id, input, result: await abortable(working, signal) };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { tool: name, id, error };
  }
}

/** The turn that tells the model what came of a call. */
export function toToolMessage(outcome: ToolOutcome<Tool>): ChatMessage {
  const content = 'error' in outcome ? `Error: ${outcome.error.message}` : toText(outcome.result);
  return { role: 'tool', toolCallId: outcome.id, name: outcome.tool, content };
}

function toText(result: unknown): string {
  return typeof result === 'string' ? result : (JSON.stringify(result) ?? 'null');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('The arguments are not JSON', { cause: error });
  }
}
