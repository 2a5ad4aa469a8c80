import type {
  AnthropicCountTokensRequest,
  AnthropicMessagesRequest,
  GeneratorParams,
} from '@mlx/schemas';
import { refuse, type Checks } from '../http/refuse-unsupported.js';
import { toStructured } from './structured.js';
import { toMessages } from './to-messages.js';
import { toReasoning, toToolChoice, toTools } from './to-tools.js';

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** Known parameters that the engine cannot honour, with the values that ask for nothing. */
const countChecks: Checks<AnthropicCountTokensRequest> = {
  context_management: isEmpty,
  mcp_servers: isEmpty,
  output_config: isEmpty,
  output_format: isEmpty,
};

const never = (): boolean => false;

const messagesChecks: Checks<AnthropicMessagesRequest> = {
  ...countChecks,
  output_format: () => true,
  container: never,
  inference_geo: never,
};

export function toCountRequest(request: AnthropicCountTokensRequest) {
  refuse(request, countChecks);
  return {
    model: request.model,
    messages: toMessages(request.system, request.messages),
    ...(request.tool_choice?.type === 'none' ? {} : toTools(request)),
  };
}

/** A messages request in the engine's terms. */
export function toMessagesParams(request: AnthropicMessagesRequest): GeneratorParams {
  refuse(request, messagesChecks);
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
