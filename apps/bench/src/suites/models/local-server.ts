import { Agent } from 'node:http';
import { createEngine, type Engine } from '@mlx/engine';
import { createHandler, listen } from '@mlx/server';
import type { RuntimeConfigInput } from '@mlx/schemas/config';
import { streamCompletion } from '../../client/stream-completion.ts';
import { timeToFirstToken } from '../../client/stream-record.ts';

const QUESTION = {
  messages: [{ role: 'user', content: 'What is the capital of France?' }],
  max_tokens: 4,
  temperature: 0,
} as const;

/** A machine that is busy with other things may take long. */
const LONGEST_LOAD_MS = 600_000;

export interface LocalServer extends AsyncDisposable {
  readonly engine: Engine;
  /**
   * Has a model, which is loaded for it where it is not in memory, write a short answer.
   * Returns the time to its first token, in seconds.
   */
  readonly ask: (model: string) => Promise<number>;
}

/** A server in this process, without a model so far. */
export async function startLocalServer(config: RuntimeConfigInput): Promise<LocalServer> {
  const engine = createEngine({ config });
  const server = await listen(createHandler(engine, { loadWaitMs: LONGEST_LOAD_MS }), {
    host: '127.0.0.1',
    port: 0,
  });
  const agent = new Agent({ keepAlive: true });
  return {
    engine,
    async ask(model) {
      const answer = await streamCompletion({ origin: server.url, model, agent }, QUESTION);
      return timeToFirstToken(answer) / 1000;
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await server.close();
      await engine.dispose();
    },
  };
}
