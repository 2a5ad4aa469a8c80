import { streamText } from 'ai';
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, type Measurement } from '../../measure/measurement.ts';
import { storyPrompt } from '../../prompts/story.ts';
import type { Benchmark } from '../benchmark.ts';
import { startSameEngine, type SameEngine } from './same-engine.ts';

const TOKENS = 2000;
const READ = 5;
const LOOK_EVERY_MS = 10;

/** How long a model goes on for somebody who has left the loop over a stream, of which the SDK tells nobody. */
export const abandoned: Benchmark = {
  id: 'abandoned',
  async measure({ rounds, progress, contenders }): Promise<Measurement[]> {
    await using models = await startSameEngine(contenders.modelId);
    const inProcess: number[] = [];
    const overHttp: number[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`streams that are left: round ${round + 1} of ${rounds}`);
      inProcess.push(await untilFreed(models, 'inProcess', round));
      overHttp.push(await untilFreed(models, 'overHttp', round));
    }
    const title = 'from leaving a loop over an answer of the AI SDK to the end of its generation';
    return [
      reading('abandoned', `${title}, same process`, inProcess),
      reading('abandoned-http', 'the same over HTTP', overHttp),
    ];
  },
};

function reading(id: string, title: string, values: readonly number[]): Measurement {
  return { kind: 'reading', id, title, unit: 'ms', bar: atMost(1000), values };
}

/** Milliseconds until the sidecar says that it has cancelled the request; throws when it was written to its end. */
async function untilFreed(
  models: SameEngine,
  way: 'inProcess' | 'overHttp',
  round: number,
): Promise<number> {
  const before = await cancelled(models);
  const result = streamText({
    model: models[way],
    messages: storyPrompt(`${way} ${round}`).map(({ content }) => ({ role: 'user', content })),
    maxOutputTokens: TOKENS,
    providerOptions: { mlx: { promptLookup: false } },
  });
  let read = 0;
  for await (const _ of result.textStream) {
    read += 1;
    if (read === READ) break;
  }
  const leftAt = performance.now();
  while ((await running(models)) > 0) await sleep(LOOK_EVERY_MS);
  const milliseconds = performance.now() - leftAt;
  if ((await cancelled(models)) === before)
    throw new Error('Nobody noticed that the loop was left.');
  return milliseconds;
}

async function running({ engine }: SameEngine): Promise<number> {
  const { rows } = await engine.getBatchStats();
  return rows.queued + rows.prefilling + rows.decoding + rows.paused;
}

async function cancelled({ engine }: SameEngine): Promise<number> {
  const { requests } = await engine.getBatchStats();
  return requests.cancelled;
}
