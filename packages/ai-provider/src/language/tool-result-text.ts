import type { LanguageModelV4ToolResultOutput, SharedV4Warning } from '@ai-sdk/provider';
import { unsupported } from './warnings.js';

/** What a tool answered, as the model reads it. */
export function toolResultText(
  output: LanguageModelV4ToolResultOutput,
  warnings: SharedV4Warning[],
): string {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value;
    case 'json':
    case 'error-json':
      return JSON.stringify(output.value);
    case 'execution-denied':
      return output.reason ?? 'The user did not allow this call.';
    case 'content':
      return output.value
        .flatMap((part) => {
          if (part.type === 'text') return part.text;
          warnings.push(unsupported(`tool result ${part.type} part`, 'The model is not shown it.'));
          return [];
        })
        .join('\n');
    default:
      return output satisfies never;
  }
}
