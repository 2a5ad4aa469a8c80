import type { GeneratorParams } from '@mlx/schemas';
import type { ResponseRequest, ResponseTokensRequest } from '@mlx/schemas/responses';
import type { BodyReader } from '../fields/body-reader.js';
import { badRequest } from '../http/parse-body.js';
import { toSampling } from '../openai/sampling.js';
import type { Includes } from './includes.js';
import type { PlacedItem } from './readable-items.js';
import { toStructured } from './text-format.js';
import { toMessages } from './to-messages.js';
import { toToolUse } from './tool-use.js';
import type { ToolSet } from './tool-set.js';

/** A conversation whose references are resolved, with the tools that its request has. */
export interface Conversation {
  readonly items: readonly PlacedItem[];
  readonly tools: ToolSet;
}

/** A request for a response in the engine's terms. */
export function toResponseParams(
  request: ResponseRequest,
  conversation: Conversation,
  includes: Includes,
  reader: BodyReader,
): GeneratorParams {
  const { parallel_tool_calls: parallelToolCalls } = request;
  return {
    ...toConversation(request, conversation, reader),
    ...toSampling({ ...request, max_tokens: request.max_output_tokens }),
    ...toToolUse(request.tool_choice, conversation.tools),
    ...(typeof parallelToolCalls === 'boolean' ? { parallelToolCalls } : {}),
    ...toLogprobs(request, includes),
    ...(request.reasoning?.effort ? { reasoning: { effort: request.reasoning.effort } } : {}),
    ...toStructured(request.text?.format),
  };
}

/** What the tokens of a request's input are counted of. */
export function toCountRequest(
  request: ResponseTokensRequest,
  conversation: Conversation,
  reader: BodyReader,
) {
  const { tools, toolChoice } = toToolUse(request.tool_choice, conversation.tools);
  return {
    ...toConversation(request, conversation, reader),
    ...(tools && toolChoice !== 'none' ? { tools } : {}),
  };
}

function toConversation(
  { model, instructions }: ResponseTokensRequest,
  { items }: Conversation,
  reader: BodyReader,
) {
  const messages = toMessages(instructions, items, reader);
  if (messages.length > 0) return { model, messages };
  throw badRequest("'input' is empty; send a text or items.", 'invalid_parameter', 'input');
}

function toLogprobs({ top_logprobs: topLogprobs }: ResponseRequest, { logprobs }: Includes) {
  return logprobs || topLogprobs ? { logprobs: true, topLogprobs: topLogprobs ?? 0 } : {};
}
