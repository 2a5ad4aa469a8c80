import type {
  AnthropicCountTokensRequest,
  AnthropicMessagesRequest,
  GeneratorParams,
  ReasoningOptions,
} from '@mlx/schemas';
import type { IgnoreField } from './ignore-field.js';
import { toStructured } from './structured.js';
import { toMessages } from './to-messages.js';
import { toReasoning } from './to-reasoning.js';
import { toToolChoice, toTools } from './to-tools.js';

/** What of a request the model reads: the same whether it is answered or counted. */
export function toPrompt(request: AnthropicCountTokensRequest, ignore: IgnoreField) {
  return {
    model: request.model,
    messages: toMessages(request, ignore),
    ...toTools(request),
    ...toToolChoice(request),
    ...toReasoning(request),
  };
}

/** The prompt as it is counted: exactly what an answer to it is charged. */
export function toCountRequest(
  { model, messages, tools, toolChoice }: ReturnType<typeof toPrompt>,
  reasoning: ReasoningOptions | undefined,
) {
  return {
    model,
    messages,
    ...(tools && toolChoice !== 'none' ? { tools } : {}),
    ...(reasoning ? { reasoning } : {}),
  };
}

/** A messages request in the engine's terms. */
export function toMessagesParams(
  request: AnthropicMessagesRequest,
  ignore: IgnoreField,
): GeneratorParams {
  const { stop_sequences: stopSequences, temperature, top_k: topK, top_p: topP } = request;
  return {
    ...toPrompt(request, ignore),
    maxTokens: request.max_tokens,
    ...toStructured(request),
    ...(stopSequences?.length ? { stopSequences } : {}),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topK === undefined ? {} : { topK }),
    ...(topP === undefined ? {} : { topP }),
  };
}
