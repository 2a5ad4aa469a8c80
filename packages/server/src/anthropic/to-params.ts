import type {
  AnthropicCountTokensRequest,
  AnthropicMessagesRequest,
  GeneratorParams,
} from '@mlx/schemas';
import { toStructured } from './structured.js';
import { toMessages } from './to-messages.js';
import { toReasoning, toToolChoice, toTools } from './to-tools.js';

export function toCountRequest(request: AnthropicCountTokensRequest) {
  return {
    model: request.model,
    messages: toMessages(request.system, request.messages),
    ...(request.tool_choice?.type === 'none' ? {} : toTools(request)),
  };
}

/** A messages request in the engine's terms. */
export function toMessagesParams(request: AnthropicMessagesRequest): GeneratorParams {
  const { stop_sequences: stopSequences, temperature, top_k: topK, top_p: topP } = request;
  return {
    model: request.model,
    messages: toMessages(request.system, request.messages),
    maxTokens: request.max_tokens,
    ...toTools(request),
    ...toToolChoice(request),
    ...toReasoning(request),
    ...toStructured(request),
    ...(stopSequences?.length ? { stopSequences } : {}),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topK === undefined ? {} : { topK }),
    ...(topP === undefined ? {} : { topP }),
  };
}
