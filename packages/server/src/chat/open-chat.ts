import { createEngine } from '@mlx/engine';
import { plainMessage, reportProgress } from '@mlx/engine/cli';
import { DEFAULT_MODEL_ID, setupPythonEnvironment } from '@mlx/engine/setup';
import { EngineClientError, isEngineClientError, type RuntimeConfig } from '@mlx/schemas';
import { OpenAIModelListSchema, type OpenAIModel } from '@mlx/schemas/endpoints';
import type { AskedServer } from '../client/asked-server.js';
import { askServer, readAnswer, type Ask } from '../client/server-client.js';
import { createHandler } from '../handler.js';
import { toDescriptor } from '../serve/model-source.js';
import { requireModels } from '../serve/require-models.js';
import { Chat } from './chat.js';

const PROBE_MS = 1000;
const LONGEST_LOAD_MS = 24 * 3600 * 1000;

interface OpenChatOptions {
  /** Absent: the default model, or what a server has in its place. */
  readonly model: string | undefined;
  readonly server: AskedServer;
  readonly config: RuntimeConfig;
  readonly signal: AbortSignal;
}

export interface OpenChat extends AsyncDisposable {
  readonly chat: Chat;
  readonly model: string;
  /** Where the model runs, for people. */
  readonly place: string;
}

/**
 * A chat with the model of a running server where it has it, else with one in
 * this process; a server that was named has to be there and to have it.
 */
export async function openChat(options: OpenChatOptions): Promise<OpenChat> {
  const { server, model } = options;
  const ask = askServer(server.url);
  const all = await listServed(ask, server);
  const served = model === undefined ? preferred(all) : all.find(({ id }) => id === model);
  if (served !== undefined) {
    const { id, sampling_defaults: defaults } = served;
    const chat = new Chat(ask, id, defaults);
    return { chat, model: id, place: server.url, [Symbol.asyncDispose]: async () => {} };
  }
  if (server.isNamed) throw notServed(server, model ?? DEFAULT_MODEL_ID, all);
  return openHere(model ?? DEFAULT_MODEL_ID, options);
}

async function listServed(ask: Ask, { isNamed }: AskedServer): Promise<readonly OpenAIModel[]> {
  try {
    const answer = await readAnswer(
      await ask('/v1/models', { signal: AbortSignal.timeout(PROBE_MS) }),
    );
    return OpenAIModelListSchema.parse(answer).data;
  } catch (error) {
    if (isNamed) throw error;
    return [];
  }
}

/** The default model, or one that is in memory. */
function preferred(models: readonly OpenAIModel[]): OpenAIModel | undefined {
  const byDefault = models.find(({ id }) => id === DEFAULT_MODEL_ID);
  return byDefault ?? models.find(({ state }) => state === 'loaded');
}

function notServed({ url }: AskedServer, model: string, all: readonly OpenAIModel[]) {
  const names = all.map(({ id }) => id).join(', ') || 'none';
  return new EngineClientError(
    'ModelNotLoaded',
    `The server at ${url} does not serve '${model}'. Its models: ${names}.`,
  );
}

/** Before anything is set up for it; a word that leads nowhere may have been meant as a prompt. */
async function requireModel(model: string): Promise<void> {
  try {
    await requireModels([model]);
  } catch (error) {
    if (!isEngineClientError(error) || model.includes('/')) throw error;
    throw new EngineClientError(
      error.code,
      `${plainMessage(error)}. If it belongs to the prompt, name a model first: mlx-serve run ${DEFAULT_MODEL_ID} ${model}`,
      { cause: error },
    );
  }
}

async function openHere(model: string, { config, signal }: OpenChatOptions): Promise<OpenChat> {
  await requireModel(model);
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
    const place = 'in this process';
    return { chat, model: descriptor.id, place, [Symbol.asyncDispose]: () => engine.dispose() };
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
