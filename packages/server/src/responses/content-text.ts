import type { ResponseContentPart } from '@mlx/schemas/responses';
import type { ContentPart } from '@mlx/schemas';
import { imageOfUrl, joined } from '../images/image-part.js';
import { unsupported } from '../http/parse-body.js';

/**
 * What a user or a tool says and shows.
 *
 * @throws HttpError 400 that names a part which is neither text nor an image
 */
export function contentParts(
  content: string | readonly ResponseContentPart[],
  path: string,
): string | ContentPart[] {
  if (typeof content === 'string') return content;
  return joined(content.map((part, index) => toPart(part, `${path}.${index}`)));
}

function toPart(part: ResponseContentPart, path: string): ContentPart {
  if (part.type !== 'input_image') return { type: 'text', text: partText(part, path) };
  if (typeof part.image_url !== 'string') {
    throw unsupported(path, "Send the image itself as 'image_url', in a data URL.");
  }
  return imageOfUrl(part.image_url, path, part.detail ?? undefined);
}

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
