import type { ModelCapabilities } from '@mlx/engine';
import type { GeneratorParams } from '@mlx/schemas';
import type { ClientField } from '../http/client-field.js';
import { unsupported } from '../http/parse-body.js';
import { placeOf } from './shown-image.js';

/** @throws HttpError 400 that names an image of a request to a model which sees none */
export function refuseUnseen(
  prompts: readonly GeneratorParams[],
  known: ModelCapabilities | undefined,
): void {
  if (known === undefined || known.vision !== null) return;
  for (const part of prompts.flatMap(({ messages = [] }) => messages.flatMap(partsOf))) {
    if (part.type !== 'image') continue;
    throw unsupported(placeOf(part) ?? 'messages', `${known.blindness ?? 'It reads text only'}.`);
  }
}

const PART = /^messages\.(\d+)\.content\.(\d+)$/;

/** Names an image that the engine refused as the client knows it. */
export function imageField(
  clientField: ClientField,
  prompts: readonly GeneratorParams[],
): ClientField {
  return (field) => {
    const [, turn, place] = PART.exec(field) ?? [];
    const message = turn === undefined ? undefined : prompts[0]?.messages?.[Number(turn)];
    const part = message && partsOf(message)[Number(place)];
    return (part && placeOf(part)) ?? clientField(field);
  };
}

type Message = NonNullable<GeneratorParams['messages']>[number];

function partsOf({ content }: Message) {
  return Array.isArray(content) ? content : [];
}
