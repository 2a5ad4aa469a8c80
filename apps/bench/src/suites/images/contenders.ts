import type { CompletionRequest } from '../../client/completion-request.ts';
import { streamCompletion } from '../../client/stream-completion.ts';
import { prepareVision, removeVision } from '../../environment/vision-peer.ts';
import { startMlxVlmServer, type RunningServer } from '../../peers/python-server.ts';
import { startOurServer } from '../../peers/our-server.ts';
import type { Progress } from '../../report/progress.ts';

const WARM_UP_QUESTION = 'What do you see?';

/** Both servers on one model that sees, and images that neither has been shown. */
export interface SeeingContenders extends AsyncDisposable {
  readonly ours: RunningServer;
  readonly reference: RunningServer;
  readonly images: readonly string[];
}

/** @param count images, beside the two that warm the servers up */
export async function startSeeing(count: number, progress: Progress): Promise<SeeingContenders> {
  await using stack = new AsyncDisposableStack();
  const peer = stack.adopt(await prepareVision(count + 2, progress), removeVision);
  progress('starting both servers with a model that sees');
  const ours = stack.use(await startOurServer(peer.modelDirectory));
  const reference = stack.use(await startMlxVlmServer(peer));
  const [small = '', wide = '', ...images] = peer.images;
  for (const { endpoint } of [ours, reference]) {
    for (const image of [small, wide]) {
      await streamCompletion(endpoint, about(image, WARM_UP_QUESTION, 4));
    }
  }
  const owned = stack.move();
  return { ours, reference, images, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export function about(image: string, question: string, tokens: number): CompletionRequest {
  const content = [
    { type: 'image_url', image_url: { url: image } },
    { type: 'text', text: question },
  ] as const;
  return { messages: [{ role: 'user', content }], max_tokens: tokens, temperature: 0 };
}
