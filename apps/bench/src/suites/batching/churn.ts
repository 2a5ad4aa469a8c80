import type { CompletionRequest } from '../../client/completion-request.ts';
import type { Endpoint } from '../../client/endpoint.ts';
import { streamCompletion } from '../../client/stream-completion.ts';
import { atMost } from '../../measure/measurement.ts';
import { longText } from '../../prompts/long-text.ts';
import { namedRandom } from '../../prompts/random.ts';
import { SAMPLED, SIXTEEN_DIFFERENT } from '../../prompts/settings.ts';
import { storyPrompt } from '../../prompts/story.ts';
import { leakedBytes, leaks, settled } from '../leaks.ts';
import type { Benchmark } from '../benchmark.ts';

const AT_ONCE = 48;

/** Requests of every kind, a third of them dropped by their client at some moment. */
export const churn: Benchmark = {
  id: 'churn',
  async measure({ quick, progress, contenders }) {
    const count = quick ? 60 : 200;
    const ours = await contenders.ours();
    const before = await settled(ours);
    progress(`${count} mixed requests with random cancels`);
    const startedAt = performance.now();
    const first = await sendAll(ours.endpoint, 0, count / 2);
    const halfWay = await settled(ours);
    const second = await sendAll(ours.endpoint, count / 2, count);
    const seconds = (performance.now() - startedAt) / 1000;
    const after = await settled(ours);
    // The first half lets every allocator grow to its working size.
    const found = [...leaks(before, after, count), ...leakedBytes(halfWay, after)];
    const cancelled = [...first, ...second].filter((outcome) => outcome === 'cancelled').length;
    return [
      {
        kind: 'reading',
        id: 'churn',
        title: `${count} mixed requests, random cancels: requests not ended once, rows, bytes or files leaked`,
        unit: 'leaks',
        bar: atMost(0),
        values: [found.length],
        note: [`${cancelled} cancelled by their client; ${seconds.toFixed(0)} s`, ...found].join(
          '; ',
        ),
      },
    ];
  },
};

type Outcome = 'finished' | 'cancelled';

async function sendAll(endpoint: Endpoint, from: number, until: number): Promise<Outcome[]> {
  const random = namedRandom(`churn ${from}`);
  const plans = Array.from({ length: until - from }, (_, index) => plan(random, from + index));
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let next = plans.shift(); next !== undefined; next = plans.shift()) {
      outcomes.push(await send(endpoint, next));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return outcomes;
}

interface Plan {
  readonly request: CompletionRequest;
  /** Absent: the client waits for the end. */
  readonly cancelAfterMs?: number;
}

function plan(random: () => number, index: number): Plan {
  const settings = SIXTEEN_DIFFERENT[index % SIXTEEN_DIFFERENT.length] ?? SAMPLED;
  const messages =
    random() < 0.2
      ? [{ role: 'user' as const, content: longText(`churn ${index}`, 50 + random() * 400) }]
      : storyPrompt(`churn ${index}`);
  const request = { messages, max_tokens: 1 + Math.floor(random() * 40), ...settings };
  return random() < 1 / 3 ? { request, cancelAfterMs: Math.round(random() * 8000) } : { request };
}

async function send(endpoint: Endpoint, { request, cancelAfterMs }: Plan): Promise<Outcome> {
  const signal = cancelAfterMs === undefined ? undefined : AbortSignal.timeout(cancelAfterMs);
  try {
    await streamCompletion(endpoint, request, { signal });
    return 'finished';
  } catch (error) {
    if (signal?.aborted) return 'cancelled';
    throw error;
  }
}
