import { createHash } from 'node:crypto';
import type { WireParams, WirePromptBlocks } from '@mlx/schemas/wire';
import { promptText } from './prompt-text.js';

/** A prompt's text cut into blocks; the name of each stands for all text up to its end. */
export type PromptBlocks = WirePromptBlocks;

export const NO_BLOCKS: PromptBlocks = { names: [], ends: [], length: 0 };

/** Characters; some 64 tokens. */
const SHORTEST_BLOCK = 256;
/** Blocks grow with what lies before them, so that long prompts have some hundred. */
const SHARE_OF_TEXT_BEFORE = 1 / 16;

type Generate = Pick<WireParams<'generate'>, 'prompt' | 'tenant' | 'adapter' | 'reasoning'>;

/**
 * Names the blocks of a request's prompt. A gateway has no tokenizer and no chat template, so the
 * blocks are of text: the tools, then the messages, as they are sent on. Equal names stand for
 * equal text of the same tenant and adapter, as in the key of a worker's prefix cache.
 *
 * The names are 32 bits of SHA-256 begun with a key: whoever does not have it can neither read a
 * text from them nor try texts on them. All gateways of a fleet have to have the same key.
 */
export function promptBlocks(request: Generate, key: string): PromptBlocks {
  const { prompt, tenant = '', adapter = '', reasoning } = request;
  const text = promptText(prompt);
  const ends = blockEnds(text.length);
  const rendering = prompt.type === 'chat' ? prompt.templateOptions : prompt.type;
  const scope = JSON.stringify([key, tenant, adapter, rendering, reasoning]);
  const hash = createHash('sha256').update(createHash('sha256').update(scope).digest());
  let begin = 0;
  const names = ends.map((end) => {
    hash.update(text.slice(begin, end));
    begin = end;
    return hash.copy().digest().readUInt32LE();
  });
  return { names, ends, length: text.length };
}

/** Where the blocks of a text of any length end: the same for all that begin alike. */
export function blockEnds(length: number): number[] {
  const ends: number[] = [];
  let end = SHORTEST_BLOCK;
  while (end <= length) {
    ends.push(end);
    end += Math.max(SHORTEST_BLOCK, Math.floor(end * SHARE_OF_TEXT_BEFORE));
  }
  return ends;
}
