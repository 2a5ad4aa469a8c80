import type { AnthropicOutputBlock, WrittenChunk } from '@mlx/schemas';
import { UnknownRecord } from '@mlx/schemas/common';
import { blockKey, emptyBlock } from './block-events.js';

interface OpenBlock {
  readonly key: string;
  readonly block: AnthropicOutputBlock;
  text: string;
}

/** Puts the blocks of a whole message together. */
export class MessageBlocks {
  readonly #blocks: OpenBlock[] = [];

  add(chunk: WrittenChunk): void {
    const text = textOf(chunk);
    if (chunk.type === 'token' && text === '') return;
    const key = blockKey(chunk);
    const last = this.#blocks.at(-1);
    if (last?.key === key) last.text += text;
    else this.#blocks.push({ key, block: emptyBlock(chunk), text });
  }

  finished(): AnthropicOutputBlock[] {
    if (this.#blocks.length === 0) return [{ type: 'text', text: '' }];
    return this.#blocks.map(({ block, text }) => withText(block, text));
  }
}

function textOf(chunk: WrittenChunk): string {
  switch (chunk.type) {
    case 'token':
      return chunk.token;
    case 'reasoning':
      return chunk.text;
    case 'tool_call':
      return chunk.toolCall.arguments;
    default:
      return chunk satisfies never;
  }
}

function withText(block: AnthropicOutputBlock, text: string): AnthropicOutputBlock {
  switch (block.type) {
    case 'text':
      return { ...block, text };
    case 'thinking':
      return { ...block, thinking: text };
    case 'tool_use':
      return { ...block, input: toInput(text) };
    case 'redacted_thinking':
      return block;
    default:
      return block satisfies never;
  }
}

/** Arguments that were cut off are no object; `stop_reason` says that they were. */
function toInput(text: string): Record<string, unknown> {
  try {
    return UnknownRecord.catch({}).parse(JSON.parse(text));
  } catch {
    return {};
  }
}
