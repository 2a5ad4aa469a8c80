import type { OpenAITool, ToolDefinition } from '@mlx/schemas';
import type { CustomTool } from '@mlx/schemas/responses';

/** As the responses endpoint has it, from the form of chat completions. */
export function toCustomTool({
  custom: { format, ...custom },
}: Extract<OpenAITool, { type: 'custom' }>): CustomTool {
  const flat = format?.type === 'grammar' ? { type: format.type, ...format.grammar } : format;
  return { type: 'custom', ...custom, format: flat };
}

/**
 * A tool that takes plain text, as the function with one text that models can
 * call. A regular expression binds the text; a Lark grammar can only be told.
 */
export function asFunction(tool: CustomTool, name: string): ToolDefinition {
  const grammar = tool.format?.type === 'grammar' ? tool.format : undefined;
  const description = [
    ...(tool.description ? [tool.description] : []),
    ...(grammar
      ? [`The input follows this ${grammar.syntax} grammar:\n${grammar.definition}`]
      : []),
  ].join('\n\n');
  const pattern = grammar?.syntax === 'regex' ? { pattern: `^(?:${grammar.definition})$` } : {};
  return {
    name,
    ...(description === '' ? {} : { description }),
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', ...pattern } },
      required: ['input'],
      additionalProperties: false,
    },
  };
}

/** Whether something of the tool cannot be held while its input is generated. */
export function isOnlyTold({ format }: CustomTool): boolean {
  return format?.type === 'grammar' && format.syntax === 'lark';
}

/** A call of such a tool, as the model wrote it. */
export function asArguments(input: string): string {
  return JSON.stringify({ input });
}
