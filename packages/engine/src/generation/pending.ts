import type { ToolCallDelta } from '@mlx/schemas';
import type { WireTokenLogprob, WireTokenRow } from '@mlx/schemas/wire';

/** The tokens that a piece came from. */
export interface PendingTokens {
  tokenIds: number[];
  logprobs: WireTokenLogprob[] | undefined;
}

type Said =
  | { readonly type: 'token' | 'reasoning'; text: string }
  | { readonly type: 'tool_call'; readonly toolCall: ToolCallDelta };

/** What neighbouring rows of one kind amount to until somebody takes it. */
export type Pending = Said & PendingTokens;

/** Pieces of one answer that nobody has taken yet, in order. */
export class PendingPieces {
  readonly #pieces: Pending[] = [];
  #tokens = 0;

  /** Tokens that all pieces together came from. */
  get tokens(): number {
    return this.#tokens;
  }

  /** False for tokens without text: they wait for those that complete them. */
  get hasSomethingToSay(): boolean {
    const [first] = this.#pieces;
    return first !== undefined && !(first.type === 'token' && first.text === '');
  }

  add(row: WireTokenRow): void {
    const said = toSaid(row);
    const { tokens, logprobs } = row;
    if (said.type === 'token' && said.text === '' && tokens.length === 0) return;
    this.#tokens += tokens.length;
    const last = this.#pieces.at(-1);
    if (last === undefined) {
      this.#pieces.push({ ...said, tokenIds: tokens, logprobs });
      return;
    }
    if (append(last, said)) {
      addTokens(last, tokens, logprobs);
    } else if (last.type === 'token' && last.text === '') {
      addTokens(last, tokens, logprobs);
      this.#pieces[this.#pieces.length - 1] = { ...last, ...said };
    } else {
      this.#pieces.push({ ...said, tokenIds: tokens, logprobs });
    }
  }

  take(): Pending | undefined {
    const piece = this.#pieces.shift();
    this.#tokens -= piece?.tokenIds.length ?? 0;
    return piece;
  }
}

function toSaid({ text, reasoning, toolCall }: WireTokenRow): Said {
  if (toolCall !== undefined) {
    const { raw: _, ...delta } = toolCall;
    return { type: 'tool_call', toolCall: delta };
  }
  if (reasoning !== undefined) return { type: 'reasoning', text: reasoning };
  return { type: 'token', text };
}

/** Whether the one could be made part of the other. Tokens without text belong to anything. */
function append(last: Said, next: Said): boolean {
  if (next.type === 'token' && next.text === '') return true;
  if (last.type === 'tool_call' && next.type === 'tool_call') {
    if (next.toolCall.name !== undefined) return false;
    last.toolCall.arguments += next.toolCall.arguments;
    return true;
  }
  if (last.type === 'tool_call' || next.type === 'tool_call' || last.type !== next.type) {
    return false;
  }
  last.text += next.text;
  return true;
}

function addTokens(
  piece: PendingTokens,
  tokens: readonly number[],
  logprobs: readonly WireTokenLogprob[] | undefined,
): void {
  piece.tokenIds.push(...tokens);
  if (logprobs !== undefined) (piece.logprobs ??= []).push(...logprobs);
}
