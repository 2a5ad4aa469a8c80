import { addToolCall } from '@mlx/engine';
import type { OpenAIFinishReason, ToolCall } from '@mlx/schemas';
import type { WrittenChunk } from '../generation/chunks.js';
import type { Answer } from './response-format.js';

/** Puts the pieces of one answer together. */
export class GatheredAnswer {
  readonly #chunks: WrittenChunk[] = [];
  readonly #toolCalls: ToolCall[] = [];
  #text = '';
  #reasoning = '';

  add(chunk: WrittenChunk): void {
    this.#chunks.push(chunk);
    switch (chunk.type) {
      case 'token':
        this.#text += chunk.token;
        break;
      case 'reasoning':
        this.#reasoning += chunk.text;
        break;
      case 'tool_call':
        addToolCall(this.#toolCalls, chunk.toolCall);
        break;
      default:
        chunk satisfies never;
    }
  }

  finished(index: number, finishReason: OpenAIFinishReason): Answer {
    return {
      index,
      finishReason,
      text: this.#text,
      reasoning: this.#reasoning,
      toolCalls: this.#toolCalls,
      chunks: this.#chunks,
    };
  }
}
