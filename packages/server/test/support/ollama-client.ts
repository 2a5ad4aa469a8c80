import type { GeneratorChunk } from '@mlx/schemas';
import { createHandler, type HandlerOptions } from '../../src/index.js';
import { get, post } from './requests.js';
import { MODEL, ScriptedEngine } from './scripted-engine.js';

/** A scripted engine behind the handler, asked in Ollama's form. */
export function setUpOllama(chunks?: readonly GeneratorChunk[], options: HandlerOptions = {}) {
  const engine = new ScriptedEngine();
  if (chunks) {
    engine.script(async function* script() {
      yield* chunks;
    });
  }
  const handler = createHandler(engine, options);
  const ask = (path: string, body: object) => handler.fetch(post(path, { model: MODEL, ...body }));
  const read = (path: string) => handler.fetch(get(path));
  return { engine, handler, ask, read };
}

/** Every line of a stream, each an object. */
export async function linesOf(response: Response): Promise<unknown[]> {
  const text = await response.text();
  if (!text.endsWith('\n')) throw new Error('The last line has no end');
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
}
