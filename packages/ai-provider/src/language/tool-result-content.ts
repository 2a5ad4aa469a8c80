import type { LanguageModelV4ToolResultOutput, SharedV4Warning } from '@ai-sdk/provider';
import { filePart, joined } from './file-part.js';
import type { Message } from './generation-request.js';
import { unsupported } from './warnings.js';

/** What a tool answered, as the model reads or sees it. */
export function toolResultContent(
  output: LanguageModelV4ToolResultOutput,
  warnings: SharedV4Warning[],
): NonNullable<Message['content']> {
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
      return joined(
        output.value.flatMap((part) => {
          if (part.type === 'text') return { type: part.type, text: part.text };
          if (part.type === 'file' && isShown(part)) return filePart(part);
          warnings.push(unsupported(`tool result ${part.type} part`, 'The model is not shown it.'));
          return [];
        }),
        '\n',
      );
    default:
      return output satisfies never;
  }
}

/** An image: a tool that answers with other files is no reason to end the conversation. */
function isShown({ data, mediaType }: Parameters<typeof filePart>[0]): boolean {
  return data.type === 'text' || (data.type === 'data' && /^image(?:\/|$)/.test(mediaType));
}
