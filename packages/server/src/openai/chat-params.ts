import type { ChatCompletionRequest, GeneratorParams } from '@mlx/schemas';
import type { BodyReader } from '../fields/body-reader.js';
import { toMessage } from './chat-messages.js';
import { toReasoning } from './chat-reasoning.js';
import { toTools } from './chat-tools.js';
import { toMaxTokens, toSampling } from './sampling.js';
import { toStructured } from './structured.js';

/** A chat completion request in the engine's terms. */
export function toChatParams(request: ChatCompletionRequest, reader: BodyReader): GeneratorParams {
  return {
    model: request.model,
    messages: request.messages.map(toMessage),
    ...toSampling(request),
    ...toMaxTokens(request),
    ...toLogprobs(request),
    ...toPrediction(request),
    ...toTools(request, reader),
    ...toReasoning(request),
    ...(request.chat_template_kwargs ? { templateOptions: request.chat_template_kwargs } : {}),
    ...(request.continue_final_message ? { continueFinalMessage: true } : {}),
    ...toStructured(request.response_format),
  };
}

function toLogprobs(request: ChatCompletionRequest): Partial<GeneratorParams> {
  const { logprobs, top_logprobs: topLogprobs } = request;
  return { ...(logprobs ? { logprobs } : {}), ...(topLogprobs ? { topLogprobs } : {}) };
}

function toPrediction({ prediction }: ChatCompletionRequest): Partial<GeneratorParams> {
  if (!prediction) return {};
  const { content } = prediction;
  return {
    prediction: typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
  };
}
