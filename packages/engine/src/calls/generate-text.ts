import { GeneratorParamsSchema } from '@mlx/schemas';
import type { GeneratorParams } from '@mlx/schemas';
import type { EngineServices } from './engine-services.js';
import { invalidParameter } from '../support/errors.js';
import type { ChatAnswer } from '../generation/chat-answer.js';
import { parseAnswer } from '../structured/parse-answer.js';
import { readStructured } from '../structured/read-structured.js';
import { forOnlyModel } from './for-only-model.js';
import { validate } from '../support/validate.js';
import { collectAnswer, type CollectedAnswer } from '../generation/collect-answer.js';
import { createGenerator } from './create-generator.js';
import { offeredTools } from '../generation/tools-on-wire.js';

/** The text, or with a zod schema as `structured` the value. */
export async function generateText(
  services: EngineServices,
  given: unknown,
  options: unknown,
): Promise<unknown> {
  const { params, schema } = readStructured(given);
  const checked = validate(GeneratorParamsSchema, params);
  if (offeredTools(checked).length > 0) {
    throw invalidParameter('tools', 'Only text is returned; use chat');
  }
  const { text, end } = await generateWhole(services, checked, options);
  return schema === undefined ? text : parseAnswer(schema, text, end);
}

export async function chat(
  services: EngineServices,
  given: unknown,
  options: unknown,
): Promise<ChatAnswer> {
  const { params, schema } = readStructured(given);
  const checked = readChat(services, params);
  if (schema !== undefined && offeredTools(checked).length > 0) {
    throw invalidParameter('tools', 'An answer is either an object of a schema or may be calls');
  }
  const whole = await generateWhole(services, checked, options);
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

/** Messages alone are for the one model that is loaded. */
export function readChat(services: EngineServices, input: unknown): GeneratorParams {
  const { params } = readStructured(
    Array.isArray(input) ? forOnlyModel(services, 'messages', input) : input,
  );
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
  return collectAnswer(createGenerator(services, () => ({ ...params, streaming: false }), options));
}
