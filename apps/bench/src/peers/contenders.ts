import { setTimeout as sleep } from 'node:timers/promises';
import { streamCompletion } from '../client/stream-completion.ts';
import type { PeerEnvironment } from '../environment/peer-environment.ts';
import { storyPrompt } from '../prompts/story.ts';
import type { Progress } from '../report/progress.ts';
import { startInProcessMlxLm, type InProcessMlxLm } from './mlx-lm-in-process.ts';
import { startMlxLmServer, type RunningServer } from './python-server.ts';
import { startOurServer, type OurServer } from './our-server.ts';

/** What the imports of a spare process and its tokenizer take, and some more. */
const SPARE_IMPORTS_MS = 4000;

const WARM_UP = { messages: storyPrompt('warm-up'), max_tokens: 8, temperature: 0 };

/**
 * Whoever takes part in a run: each started when first asked for, warmed by one
 * request, kept until the end, and idle while another is timed. Ours is at rest
 * once the process that may take over from it waits.
 */
export class Contenders implements AsyncDisposable {
  readonly modelId: string;
  /** What Python programs of the benchmarks run on. */
  readonly environment: PeerEnvironment;
  readonly progress: Progress;
  readonly #stack = new AsyncDisposableStack();
  #ours: Promise<OurServer> | undefined;
  #mlxLmServer: Promise<RunningServer> | undefined;
  #inProcess: Promise<InProcessMlxLm> | undefined;

  constructor(modelId: string, environment: PeerEnvironment, progress: Progress) {
    this.modelId = modelId;
    this.environment = environment;
    this.progress = progress;
  }

  ours(): Promise<OurServer> {
    this.#ours ??= this.#start('our server', async () => {
      const server = this.#stack.use(await startOurServer(this.modelId));
      await streamCompletion(server.endpoint, WARM_UP);
      while (!(await server.inspect()).spare) await sleep(200);
      await sleep(SPARE_IMPORTS_MS);
      return server;
    });
    return this.#ours;
  }

  mlxLmServer(): Promise<RunningServer> {
    this.#mlxLmServer ??= this.#start('mlx_lm.server', async () => {
      const server = this.#stack.use(await startMlxLmServer(this.environment));
      await streamCompletion(server.endpoint, WARM_UP);
      return server;
    });
    return this.#mlxLmServer;
  }

  inProcess(): Promise<InProcessMlxLm> {
    this.#inProcess ??= this.#start('in-process mlx-lm', async () => {
      const mlxLm = this.#stack.use(await startInProcessMlxLm(this.environment));
      await mlxLm.generate(WARM_UP);
      return mlxLm;
    });
    return this.#inProcess;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #start<Value>(name: string, start: () => Promise<Value>): Promise<Value> {
    this.progress(`starting ${name}`);
    return start();
  }
}
