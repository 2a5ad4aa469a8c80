import type { ResponseContentPart } from '@mlx/schemas/responses';
import { unsupported } from '../http/parse-body.js';

/**
 * The text of a turn or of a call's result.
 *
 * @throws HttpError 400 that names a part which is no text
 */
export function contentText(content: string | readonly ResponseContentPart[], path: string) {
  if (typeof content === 'string') return content;
  return content.map((part, index) => partText(part, `${path}.${index}`)).join('');
}

function partText(part: ResponseContentPart, path: string): string {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return part.text;
    case 'refusal':
      return part.refusal;
    case 'input_image':
    case 'input_file':
    case 'input_audio':
    case 'input_video':
      throw unsupported(path, `The model reads text only, not '${part.type}'.`);
    default:
      return part satisfies never;
  }
}
