import type { Engine } from './engine.js';
import { createEngine } from './create-engine.js';
import type { ChatOptions, Conversation } from './calls/chat-input.js';
import { DEFAULT_MODEL_ID } from './setup/model/model-reference.js';
import { readableFailure } from './support/readable-failure.js';

/** Sampling settings and options of the call, and the model: the default one where it is absent. */
export type AskOptions = ChatOptions;

/** How long models wait for the next question; after that nothing keeps the process alive. */
const IDLE_MS = 250;

let shared: { readonly engine: Engine; open: number; leave?: NodeJS.Timeout } | undefined;

/**
 * The answer to a question or a conversation, for scripts: sets up what is
 * missing, loads the model, and lets the process end when nothing is asked any
 * more. Questions in a row share the model.
 *
 * @throws EngineClientError as `loadModel` and `chat` do, without their cause: a script that does
 * not catch it ends with one sentence and the line that asked.
 */
export async function ask(
  conversation: Conversation,
  { model = DEFAULT_MODEL_ID, ...options }: AskOptions = {},
): Promise<string> {
  const { signal } = options;
  const caller = {};
  Error.captureStackTrace(caller, ask);
  shared ??= { engine: createEngine(), open: 0 };
  const mine = shared;
  clearTimeout(mine.leave);
  mine.open += 1;
  try {
    const { descriptor } = await mine.engine.loadModel(model, signal ? { signal } : {});
    return (await mine.engine.chat(conversation, { ...options, model: descriptor.id })).content;
  } catch (thrown) {
    throw readableFailure(thrown, caller);
  } finally {
    mine.open -= 1;
    if (mine.open === 0) mine.leave = setTimeout(leave, IDLE_MS);
  }
}

function leave(): void {
  const engine = shared?.engine;
  shared = undefined;
  void engine?.dispose();
}
