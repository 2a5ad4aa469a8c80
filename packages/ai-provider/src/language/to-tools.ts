import type { LanguageModelV4CallOptions, SharedV4Warning } from '@ai-sdk/provider';
import type { GenerationRequest, Tool } from './generation-request.js';
import { unsupported } from './warnings.js';

type Tools = NonNullable<LanguageModelV4CallOptions['tools']>;

/** Tools and what may be done with them; those of other vendors are put into `warnings`. */
export function toTools(
  { tools = [], toolChoice }: Pick<LanguageModelV4CallOptions, 'tools' | 'toolChoice'>,
  warnings: SharedV4Warning[],
): Pick<GenerationRequest, 'tools' | 'toolChoice'> {
  const offered = tools.flatMap((tool) => toTool(tool, warnings));
  if (offered.length === 0) return {};
  return { tools: offered, toolChoice: toChoice(toolChoice) };
}

function toTool(tool: Tools[number], warnings: SharedV4Warning[]): Tool[] {
  if (tool.type === 'provider') {
    warnings.push(unsupported(`provider tool ${tool.id}`, 'The model is not shown it.'));
    return [];
  }
  const { name, description, inputSchema, inputExamples, strict } = tool;
  if (inputExamples !== undefined && inputExamples.length > 0) {
    warnings.push(unsupported(`inputExamples of tool ${name}`, 'The model is not shown them.'));
  }
  return [
    {
      name,
      ...(description === undefined ? {} : { description }),
      parameters: inputSchema as Record<string, unknown>,
      ...(strict === undefined ? {} : { strict }),
    },
  ];
}

function toChoice(choice: LanguageModelV4CallOptions['toolChoice']) {
  switch (choice?.type) {
    case undefined:
      return undefined;
    case 'auto':
    case 'none':
    case 'required':
      return choice.type;
    case 'tool':
      return { name: choice.toolName };
    default:
      return choice satisfies never;
  }
}
