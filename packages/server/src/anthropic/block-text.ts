import type { AnthropicContentBlock, AnthropicResultBlock } from '@mlx/schemas';
import * as z from 'zod';
import { imageOfBase64, imageOfUrl, type ImagePart } from '../images/image-part.js';
import type { IgnoreField } from './ignore-field.js';

type Readable = Extract<
  AnthropicContentBlock | AnthropicResultBlock,
  { type: 'text' | 'image' | 'document' | 'search_result' | 'tool_reference' }
>;
type Image = Extract<Readable, { type: 'image' }>;
type Document = Extract<Readable, { type: 'document' }>;

/** Where a block stands, in any request and in this one. */
export interface BlockPlace {
  readonly pattern: string;
  readonly path: string;
}

export const NOT_FETCHED = 'nothing is fetched from an address';
const ImageSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('base64'), data: z.string() }),
  z.object({ type: z.literal('url'), url: z.url({ protocol: /^https?$/ }) }),
]);

/**
 * What a model that reads text only is given of a block. In place of what it
 * cannot read stands a note, so that it can say so.
 */
export function blockText(block: Readable, place: BlockPlace, ignore: IgnoreField): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
      return unreadNote('image', place, ignore, NOT_FETCHED);
    case 'document':
      return documentText(block, place, ignore);
    case 'search_result':
      return tagged('search_result', {
        title: block.title,
        source: block.source,
        content: block.content.map(({ text }) => text).join(''),
      });
    case 'tool_reference':
      return `${block.tool_name}\n`;
    default:
      return block satisfies never;
  }
}

function documentText(
  { source, title, context }: Document,
  place: BlockPlace,
  ignore: IgnoreField,
): string {
  const content = sourceText(source, place, ignore);
  if (content === undefined) {
    return unreadNote('document', place, ignore, 'this model reads text only');
  }
  return tagged('document', { title, context, content });
}

/** Undefined for pages that would have to be drawn, or fetched. */
function sourceText(
  { type, media_type: mediaType = '', data = '', content }: Document['source'],
  place: BlockPlace,
  ignore: IgnoreField,
): string | undefined {
  switch (type) {
    case 'text':
      return data;
    case 'content':
      if (typeof content === 'string') return content;
      return content?.map((block) => blockText(block, place, ignore)).join('');
    case 'base64':
      return mediaType.startsWith('text/')
        ? Buffer.from(data, 'base64').toString('utf8')
        : undefined;
    default:
      return undefined;
  }
}

/** What stands in the place of a block, so that the model can say that it was not shown. */
export function unreadNote(
  kind: 'image' | 'document',
  { pattern, path }: BlockPlace,
  ignore: IgnoreField,
  reason: string,
): string {
  ignore(`${pattern}.${kind}`, path);
  return `[${kind}: not shown, because ${reason}]`;
}

/** @throws HttpError 400 for what is no base64; undefined for an image that is somewhere else */
export function imageOf({ source }: Image, { path }: BlockPlace): ImagePart | undefined {
  const known = ImageSource.safeParse(source).data;
  if (known === undefined) return undefined;
  return known.type === 'url' ? imageOfUrl(known.url, path) : imageOfBase64(known.data, path);
}

function tagged(tag: string, parts: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(parts).flatMap(([name, text]) =>
    text === undefined || text === '' ? [] : [`<${name}>${text}</${name}>`],
  );
  return `<${tag}>\n${lines.join('\n')}\n</${tag}>\n`;
}
