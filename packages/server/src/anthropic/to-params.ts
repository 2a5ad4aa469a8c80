import type {
  AnthropicCountTokensRequest,
  AnthropicMessagesRequest,
  ChatMessage,
  GeneratorParams,
  ReasoningOptions,
} from '@mlx/schemas';
import { badRequest } from '../http/parse-body.js';
import type { IgnoreField } from './ignore-field.js';
import { toStructured } from './structured.js';
import { toMessages } from './to-messages.js';
import { toReasoning } from './to-reasoning.js';
import { toToolChoice, toTools } from './to-tools.js';

/** What of a request the model reads: the same whether it is answered or counted. */
export function toPrompt(request: AnthropicCountTokensRequest, ignore: IgnoreField) {
  const messages = toMessages(request, ignore);
  return {
    model: request.model,
    messages,
    ...(endsInsideAnAnswer(messages) ? { continueFinalMessage: true } : {}),
    ...toTools(request),
    ...toToolChoice(request),
    ...toReasoning(request),
  };
}

/** A last turn of the assistant is the beginning of the answer. */
function endsInsideAnAnswer(messages: readonly ChatMessage[]): boolean {
  const { role, content, toolCalls } = messages.at(-1) ?? {};
  return role === 'assistant' && toolCalls === undefined && content !== '';
}

/** The prompt as it is counted: exactly what an answer to it is charged. */
export function toCountRequest(
  { model, messages, continueFinalMessage, tools, toolChoice }: ReturnType<typeof toPrompt>,
  reasoning: ReasoningOptions | undefined,
) {
  return {
    model,
    messages,
    ...(tools && toolChoice !== 'none' ? { tools } : {}),
    ...(continueFinalMessage ? { continueFinalMessage } : {}),
    ...(reasoning ? { reasoning } : {}),
  };
}

/** A messages request in the engine's terms. */
export function toMessagesParams(
  request: AnthropicMessagesRequest,
  ignore: IgnoreField,
): GeneratorParams {
  const { stop_sequences: stopSequences, temperature, top_k: topK, top_p: topP } = request;
  const prompt = toPrompt(request, ignore);
  const structured = toStructured(request);
  if (prompt.continueFinalMessage && structured.structured) throw typedContinuation();
  return {
    ...prompt,
    maxTokens: request.max_tokens,
    ...structured,
    ...(stopSequences?.length ? { stopSequences } : {}),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topK === undefined ? {} : { topK }),
    ...(topP === undefined ? {} : { topP }),
  };
}

/** What a schema holds is a whole answer, of which nothing may have been written before. */
function typedContinuation() {
  return badRequest(
    "A typed answer cannot go on from the last message: end 'messages' with the user, or leave out 'output_config.format'.",
    'invalid_parameter',
    'messages',
  );
}
