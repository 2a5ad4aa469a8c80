import { createEngine } from '@mlx/engine';
import { reportProgress } from '@mlx/engine/cli';
import { setupPythonEnvironment } from '@mlx/engine/setup';
import type { RuntimeConfig } from '@mlx/schemas';
import { OpenAIModelListSchema, type OpenAIModel } from '@mlx/schemas/endpoints';
import { askServer, readAnswer, type Ask } from '../client/server-client.js';
import { createHandler } from '../handler.js';
import { toDescriptor } from '../serve/model-source.js';
import { Chat } from './chat.js';

const PROBE_MS = 1000;
const LONGEST_LOAD_MS = 24 * 3600 * 1000;

interface OpenChatOptions {
  readonly model: string;
  readonly url: string;
  readonly config: RuntimeConfig;
  readonly signal: AbortSignal;
}

export interface OpenChat extends AsyncDisposable {
  readonly chat: Chat;
  /** Where the model runs, for people. */
  readonly place: string;
}

/** A chat with the model of a running server where it has it, else with one in this process. */
export async function openChat(options: OpenChatOptions): Promise<OpenChat> {
  const { model, url } = options;
  const ask = askServer(url);
  const served = await findServed(ask, model);
  if (served !== undefined) {
    const chat = new Chat(ask, model, served.sampling_defaults);
    return { chat, place: url, [Symbol.asyncDispose]: async () => {} };
  }
  return openHere(options);
}

async function findServed(ask: Ask, model: string): Promise<OpenAIModel | undefined> {
  try {
    const answer = await readAnswer(
      await ask('/v1/models', { signal: AbortSignal.timeout(PROBE_MS) }),
    );
    return OpenAIModelListSchema.parse(answer).data.find(({ id }) => id === model);
  } catch {
    return undefined;
  }
}

async function openHere({ model, config, signal }: OpenChatOptions): Promise<OpenChat> {
  const report = reportProgress(process.stderr, process.env);
  const engine = createEngine({ config });
  try {
    if (config.python_runtime.python_path === '') {
      await setupPythonEnvironment({ signal, onProgress: report.update });
    }
    const descriptor = toDescriptor(model);
    await engine.loadModel(
      { model: descriptor },
      {
        signal,
        pinned: true,
        onProgress: ({ phase, message, done, total, unit }) =>
          report.update({
            step: 'model',
            message,
            ...(phase === 'fetch' && unit === 'bytes' ? { bytes: done, totalBytes: total } : {}),
          }),
      },
    );
    const handler = createHandler(engine, { loadWaitMs: LONGEST_LOAD_MS });
    const { samplingDefaults } = await engine.capabilities(descriptor.id);
    const chat = new Chat(askHandler(handler), descriptor.id, { ...samplingDefaults });
    return { chat, place: 'in this process', [Symbol.asyncDispose]: () => engine.dispose() };
  } catch (error) {
    await engine.dispose();
    throw error;
  } finally {
    report.close();
  }
}

function askHandler(handler: ReturnType<typeof createHandler>): Ask {
  const origin = 'http://127.0.0.1';
  const headers = { host: '127.0.0.1', 'content-type': 'application/json' };
  return (path, init = {}) => handler.fetch(new Request(`${origin}${path}`, { ...init, headers }));
}
