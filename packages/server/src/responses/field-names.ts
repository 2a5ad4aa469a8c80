import type { ClientField } from '../http/client-field.js';
import { openAIParameter } from '../openai/parameter-names.js';
import type { ToolSet } from './tool-set.js';

const names: Readonly<Record<string, string>> = {
  maxTokens: 'max_output_tokens',
  messages: 'input',
  structured: 'text.format',
  'structured.schema': 'text.format.schema',
  'reasoning.effort': 'reasoning.effort',
  'toolChoice.name': 'tool_choice.name',
};

const TOOL_FIELD = /^tools\.(\d+)(.*)$/;

/** The names of this request, whose tools the model sees as one flat list. */
export function responseFieldNames({ tools }: ToolSet): ClientField {
  return (field) => {
    const [, index, rest = ''] = TOOL_FIELD.exec(field) ?? [];
    const tool = index === undefined ? undefined : tools[Number(index)];
    if (tool) return tool.path + rest;
    return names[field] ?? openAIParameter(field);
  };
}
