import type { AnthropicOutputBlock, AnthropicStreamEvent, WrittenChunk } from '@mlx/schemas';

type Delta = Extract<AnthropicStreamEvent, { type: 'content_block_delta' }>['delta'];

/** Which block a chunk belongs to; a change of it ends one block and begins the next. */
export function blockKey(chunk: WrittenChunk): string {
  return chunk.type === 'tool_call' ? `tool_call ${chunk.toolCall.index}` : chunk.type;
}

/** The events of one message's content, block by block. */
export class BlockEvents {
  #index = -1;
  #key: string | undefined;

  of(chunk: WrittenChunk): AnthropicStreamEvent[] {
    if (chunk.type === 'token' && chunk.token === '') return [];
    const events: AnthropicStreamEvent[] = [];
    const key = blockKey(chunk);
    if (key !== this.#key) events.push(...this.#stop(), this.#start(key, emptyBlock(chunk)));
    const delta = toDelta(chunk);
    if (delta) events.push({ type: 'content_block_delta', index: this.#index, delta });
    return events;
  }

  /** An answer without a word has one empty block of text. */
  end(): AnthropicStreamEvent[] {
    const empty = this.#key === undefined ? [this.#start('token', { type: 'text', text: '' })] : [];
    return [...empty, ...this.#stop()];
  }

  #start(key: string, block: AnthropicOutputBlock): AnthropicStreamEvent {
    this.#key = key;
    this.#index += 1;
    return { type: 'content_block_start', index: this.#index, content_block: block };
  }

  #stop(): AnthropicStreamEvent[] {
    return this.#key === undefined ? [] : [{ type: 'content_block_stop', index: this.#index }];
  }
}

/** A block as it is before anything was written into it. */
export function emptyBlock(chunk: WrittenChunk): AnthropicOutputBlock {
  switch (chunk.type) {
    case 'token':
      return { type: 'text', text: '' };
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'tool_call': {
      const { id = '', name = '' } = chunk.toolCall;
      return { type: 'tool_use', id, name, input: {} };
    }
    default:
      return chunk satisfies never;
  }
}

function toDelta(chunk: WrittenChunk): Delta | undefined {
  switch (chunk.type) {
    case 'token':
      return { type: 'text_delta', text: chunk.token };
    case 'reasoning':
      return { type: 'thinking_delta', thinking: chunk.text };
    case 'tool_call': {
      const { arguments: json } = chunk.toolCall;
      return json === '' ? undefined : { type: 'input_json_delta', partial_json: json };
    }
    default:
      return chunk satisfies never;
  }
}
