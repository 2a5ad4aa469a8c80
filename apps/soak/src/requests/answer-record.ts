import type { GeneratorChunk } from '@mlx/schemas';

/** An error as far as its consumer can see it. */
export interface SeenError {
  /** The engine's code, or HTTP's in its spelling: `SidecarCrashed`, `sidecar_crashed`. */
  readonly code: string;
  readonly retryable: boolean | undefined;
  readonly message: string;
}

/** What one answer brought, and how it ended as often as it did. */
export interface AnswerRecord {
  text: string;
  /** Ids of the tokens behind the text; empty where the transport does not carry them. */
  readonly tokens: number[];
  readonly ends: ('complete' | SeenError)[];
  /** Chunks that came after an end. */
  strays: number;
}

/** How a request ended for its consumer. */
export type Outcome =
  /** Its stream ended by itself. */
  | { readonly kind: 'ended'; readonly answers: readonly AnswerRecord[] }
  /** It was refused or cut off by an error of the whole request. */
  | {
      readonly kind: 'failed';
      readonly error: SeenError;
      readonly answers: readonly AnswerRecord[];
    }
  /** The consumer left. */
  | { readonly kind: 'left'; readonly answers: readonly AnswerRecord[] };

export function newAnswers(count: number): AnswerRecord[] {
  return Array.from({ length: count }, () => ({ text: '', tokens: [], ends: [], strays: 0 }));
}

export function addChunk(answers: readonly AnswerRecord[], chunk: GeneratorChunk): void {
  const answer = answers[chunk.index ?? 0];
  if (answer === undefined) throw new Error(`A chunk of answer ${chunk.index} that nobody wanted`);
  if (answer.ends.length > 0 && chunk.type === 'token') answer.strays += 1;
  switch (chunk.type) {
    case 'token':
      answer.text += chunk.token;
      answer.tokens.push(...(chunk.tokenIds ?? []));
      return;
    case 'metadata':
      answer.ends.push('complete');
      return;
    case 'error': {
      const { code, retryable, message } = chunk.error;
      answer.ends.push({ code, retryable, message });
      return;
    }
    case 'reasoning':
    case 'tool_call':
      throw new Error(`A chunk of type ${chunk.type}, which no request of the soak asks for`);
    default:
      chunk satisfies never;
  }
}

/** The errors that the consumer was told, that of the whole request first. */
export function errorsOf(outcome: Outcome): SeenError[] {
  const ends = outcome.answers.flatMap((answer) => answer.ends);
  const errors = ends.flatMap((end) => (end === 'complete' ? [] : [end]));
  return outcome.kind === 'failed' ? [outcome.error, ...errors] : errors;
}
