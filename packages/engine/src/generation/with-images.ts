import type { ChatMessage, GeneratorParams, Prompt } from '@mlx/schemas';
import { invalidParameter } from '../support/errors.js';

/** A text prompt beside images is what a user says about them, so that both become one turn. */
export function withImagesInMessages(params: GeneratorParams): GeneratorParams {
  const { multimodal, ...others } = params;
  if (multimodal === undefined) return params;
  const unknown = Object.keys(multimodal).find((name) => name !== 'images');
  if (unknown !== undefined) {
    throw invalidParameter(`multimodal.${unknown}`, 'Not supported by this version');
  }
  const { images = [] } = multimodal;
  const { prompt, messages, ...rest } = others;
  if (images.length === 0) return others;
  if (messages !== undefined || typeof prompt !== 'string') {
    throw invalidParameter('multimodal', 'Needs a text prompt; messages hold images themselves');
  }
  return { ...rest, messages: [userTurn(images, prompt)] };
}

function userTurn(images: readonly string[], text: Extract<Prompt, string>): ChatMessage {
  const shown = images.map((image) => ({ type: 'image' as const, image }));
  return { role: 'user', content: [...shown, { type: 'text', text }] };
}

const UNSEEN = 'unsupported_parameter';

/** Throws InvalidParams for an image of a model that sees none, which says why. */
export function refuseUnseen(
  { messages = [] }: Pick<GeneratorParams, 'messages'>,
  blindness: string | undefined,
): void {
  if (blindness === undefined) return;
  messages.forEach(({ content }, turn) => {
    if (!Array.isArray(content)) return;
    const place = content.findIndex((part) => part.type === 'image');
    if (place === -1) return;
    throw invalidParameter(`messages.${turn}.content.${place}`, blindness, UNSEEN);
  });
}
