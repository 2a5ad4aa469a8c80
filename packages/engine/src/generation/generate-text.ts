import { GeneratorParamsSchema } from '@mlx/schemas';
import type { ChatMessage, FinishReason, GenerationStats } from '@mlx/schemas';
import type { GeneratorParams } from '@mlx/schemas';
import type { EngineServices } from '../engine-services.js';
import { invalidParameter } from '../support/errors.js';
import { validate } from '../support/validate.js';
import { collect, type CollectedAnswer } from './collect.js';
import { createGenerator } from './create-generator.js';
import { offeredTools } from './tools-on-wire.js';

/** An assistant turn, ready to be appended to the conversation, and how it came about. */
export interface ChatAnswer extends ChatMessage {
  role: 'assistant';
  /** Empty when the answer consists of calls. */
  content: string;
  finishReason: FinishReason | undefined;
  stats: GenerationStats;
}

export async function generateText(
  services: EngineServices,
  params: unknown,
  options: unknown,
): Promise<string> {
  const checked = validate(GeneratorParamsSchema, params);
  if (offeredTools(checked).length > 0) {
    throw invalidParameter('tools', 'Only text is returned; use chat');
  }
  return (await generateWhole(services, checked, options)).text;
}

export async function chat(
  services: EngineServices,
  input: unknown,
  options: unknown,
): Promise<ChatAnswer> {
  const answer = await generateWhole(services, toChatParams(services, input), options);
  const { text, reasoning, toolCalls, end } = answer;
  const { finishReason, stats } = end;
  return {
    role: 'assistant',
    content: text,
    ...(reasoning === '' ? {} : { reasoning }),
    ...(toolCalls.length === 0 ? {} : { toolCalls: [...toolCalls] }),
    finishReason,
    stats,
  };
}

/** Messages alone are for the one model that is loaded. */
export function toChatParams({ models }: EngineServices, input: unknown): GeneratorParams {
  const params = Array.isArray(input) ? { model: models.only().id, messages: input } : input;
  const checked = validate(GeneratorParamsSchema, params);
  if (checked.messages === undefined) throw invalidParameter('messages', 'Required');
  return checked;
}

function generateWhole(
  services: EngineServices,
  params: GeneratorParams,
  options: unknown,
): Promise<CollectedAnswer> {
  const { n = 1, streaming = false } = params;
  if (n !== 1) throw invalidParameter('n', 'One text is returned; use createGenerator for several');
  if (streaming)
    throw invalidParameter('streaming', 'The whole text is returned; use createGenerator');
  return collect(createGenerator(services, () => ({ ...params, streaming: false }), options));
}
