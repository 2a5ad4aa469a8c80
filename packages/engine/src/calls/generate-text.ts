import type { GeneratorParams } from '@mlx/schemas';
import type { ChatAnswer } from '../generation/chat-answer.js';
import { collectAnswer, type CollectedAnswer } from '../generation/collect-answer.js';
import { readChat } from './chat-input.js';
import { readParams } from '../generation/read-params.js';
import { offeredTools } from '../generation/tools-on-wire.js';
import { parseAnswer } from '../structured/parse-answer.js';
import { invalidParameter } from '../support/errors.js';
import { createGenerator, type GenerationServices } from './create-generator.js';

/** The text, or with a zod schema as `structured` the value. */
export async function generateText(
  services: GenerationServices,
  given: unknown,
  options: unknown,
): Promise<unknown> {
  const { params, schema } = readParams(given);
  if (offeredTools(params).length > 0) {
    throw invalidParameter('tools', 'Only text is returned; use chat');
  }
  const { text, end } = await generateWhole(services, params, options);
  return schema === undefined ? text : parseAnswer(schema, text, end);
}

export async function chat(
  services: GenerationServices,
  given: unknown,
  beside: unknown,
): Promise<ChatAnswer> {
  const { params, schema, options } = readChat(services, given, beside);
  if (schema !== undefined && offeredTools(params).length > 0) {
    throw invalidParameter('tools', 'An answer is either an object of a schema or may be calls');
  }
  const whole = await generateWhole(services, params, options);
  const { text, reasoning, toolCalls, end } = whole;
  const { finishReason, stats } = end;
  const answer: ChatAnswer = {
    role: 'assistant',
    content: text,
    ...(reasoning === '' ? {} : { reasoning }),
    ...(toolCalls.length === 0 ? {} : { toolCalls: [...toolCalls] }),
    finishReason,
    stats,
  };
  if (schema === undefined) return answer;
  return Object.assign(answer, { object: await parseAnswer(schema, text, end) });
}

function generateWhole(
  services: GenerationServices,
  params: GeneratorParams,
  options: unknown,
): Promise<CollectedAnswer> {
  const { n = 1, streaming = false } = params;
  if (n !== 1) throw invalidParameter('n', 'One text is returned; use createGenerator for several');
  if (streaming)
    throw invalidParameter('streaming', 'The whole text is returned; use createGenerator');
  return collectAnswer(
    createGenerator(services, () => ({ params: { ...params, streaming: false }, options })),
  );
}
