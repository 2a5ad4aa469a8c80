import type { Endpoint } from '../../client/endpoint.ts';
import { streamCompletion } from '../../client/stream-completion.ts';
import { storyPrompt } from '../../prompts/story.ts';

/** Longer than it takes to be interrupted. */
const TOKENS = 48;

export interface StreamEnd {
  /** `silent` is a fault: cut short without a word. */
  readonly kind: 'error' | 'complete' | 'silent';
  readonly at: number;
}

export interface InterruptedStreams {
  /** Every stream has received something. */
  readonly running: Promise<unknown>;
  readonly ended: Promise<StreamEnd[]>;
}

/** Greedy streams in flight, and how each of them ends. */
export function interruptedStreams(
  endpoint: Endpoint,
  count: number,
  name: string,
): InterruptedStreams {
  const streams = Array.from({ length: count }, (_, index) => {
    const { promise: running, resolve } = Promise.withResolvers<void>();
    return { running, end: follow(endpoint, `${name} ${index}`, resolve) };
  });
  return {
    running: Promise.all(streams.map(({ running }) => running)),
    ended: Promise.all(streams.map(({ end }) => end)),
  };
}

async function follow(endpoint: Endpoint, name: string, onData: () => void): Promise<StreamEnd> {
  const request = { messages: storyPrompt(name), max_tokens: TOKENS, temperature: 0 };
  try {
    const { endedAt, usage } = await streamCompletion(endpoint, request, { onData });
    const isWhole = usage.completionTokens === TOKENS;
    return { kind: isWhole ? 'complete' : 'silent', at: endedAt };
  } catch (error) {
    const isTyped = error instanceof Error && /carried an error|answered \d/.test(error.message);
    return { kind: isTyped ? 'error' : 'silent', at: performance.now() };
  }
}
