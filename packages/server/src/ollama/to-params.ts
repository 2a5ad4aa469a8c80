import type { ChatMessage, GeneratorParams } from '@mlx/schemas';
import type { OllamaChatRequest, OllamaGenerateRequest, OllamaTool } from '@mlx/schemas/ollama';
import type { BodyReader } from '../fields/body-reader.js';
import { badRequest, unsupported } from '../http/parse-body.js';
import { modelOf } from '../models/model-name.js';
import { toMessages, withImages } from './to-messages.js';
import { toOptions } from './to-options.js';

type Request = OllamaChatRequest | OllamaGenerateRequest;

/** A chat request in the engine's terms. */
export function toChatParams(request: OllamaChatRequest, reader: BodyReader): GeneratorParams {
  return {
    ...shared(request, reader),
    messages: toMessages(request.messages ?? []),
    ...(request.tools?.length ? { tools: request.tools.map(toTool) } : {}),
  };
}

/** A prompt is one turn of a conversation, unless it is to be taken as it is. */
export function toGenerateParams(
  request: OllamaGenerateRequest,
  reader: BodyReader,
): GeneratorParams {
  const { prompt, raw, system, images } = request;
  if (!raw) return { ...shared(request, reader), messages: turnsOf(request) };
  if (images?.length) throw unsupported('images', "Not with 'raw': the template shows them.");
  if (system) throw unsupported('system', "Not with 'raw': write it into the prompt.");
  if (!prompt) throw badRequest("'prompt' is empty.", 'invalid_parameter', 'prompt');
  return { ...shared(request, reader), prompt };
}

function turnsOf({ prompt, system, images }: OllamaGenerateRequest): ChatMessage[] {
  return [
    ...(system ? [{ role: 'system' as const, content: system }] : []),
    { role: 'user', content: withImages(prompt ?? '', images, 'images') },
  ];
}

function shared(request: Request, reader: BodyReader): GeneratorParams {
  const { logprobs, top_logprobs: topLogprobs } = request;
  return {
    model: modelOf(request.model),
    ...toOptions(request.options, reader),
    ...toStructured(request.format),
    ...toReasoning(request.think),
    ...(logprobs ? { logprobs: true, topLogprobs: topLogprobs ?? 0 } : {}),
  };
}

function toTool({ function: { name, description, parameters } }: OllamaTool) {
  return {
    name,
    ...(description ? { description } : {}),
    ...(parameters ? { parameters } : {}),
  };
}

function toStructured(format: Request['format']): Pick<GeneratorParams, 'structured'> {
  if (!format) return {};
  const schema = format === 'json' ? { type: 'object' } : format;
  return { structured: { schema, format: 'json', strict: false } };
}

function toReasoning(think: Request['think']): Pick<GeneratorParams, 'reasoning'> {
  if (think === null || think === undefined) return {};
  if (typeof think === 'boolean') return { reasoning: { enabled: think } };
  return { reasoning: { effort: think === 'max' ? 'xhigh' : think } };
}
