import type { ChatMessage, GeneratorParams } from '@mlx/schemas';
import type { ServingEngine } from '../serving-engine.js';
import { withinContext } from './within-context.js';

/** Tokens that are kept free for an answer whose limit is not said. */
const ROOM = 1024;
/** The most of the context, in parts, that is kept free for the answer. */
const LARGEST_ROOM = 1 / 4;

/** What the tokens of a prompt are counted of. */
type Prompt = Pick<GeneratorParams, 'model' | 'messages' | 'tools' | 'toolChoice' | 'reasoning'> & {
  readonly maxTokens?: GeneratorParams['maxTokens'];
};

/** A prompt without its oldest turns where the model's context would have no room for an answer. */
export async function fitPrompt<Params extends Prompt>(
  engine: ServingEngine,
  params: Params,
  contextLength: number,
  signal: AbortSignal,
): Promise<Params> {
  const room = Math.min(params.maxTokens ?? ROOM, Math.floor(contextLength * LARGEST_ROOM));
  const fits = async (messages: ChatMessage[]) =>
    (await engine.countTokens(countedOf(params, messages), { signal })) <= contextLength - room;
  return { ...params, messages: await withinContext(params.messages ?? [], fits) };
}

function countedOf({ model, tools, toolChoice, reasoning }: Prompt, messages: ChatMessage[]) {
  return {
    model,
    messages,
    ...(tools && toolChoice !== 'none' ? { tools } : {}),
    ...(reasoning ? { reasoning } : {}),
  };
}
