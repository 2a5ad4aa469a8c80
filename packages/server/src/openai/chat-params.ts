import type { ChatCompletionRequest, ChatMessage, GeneratorParams } from '@mlx/schemas';
import { badRequest, unsupported } from '../http/parse-body.js';
import { toReasoning, toTools } from './chat-tools.js';
import { requireStreamOptionsFit, toMaxTokens, toSampling } from './sampling.js';
import { toStructured } from './structured.js';

type Message = ChatCompletionRequest['messages'][number];
type Content = Exclude<Message['content'], null | undefined>;

/** A chat completion request in the engine's terms. */
export function toChatParams(request: ChatCompletionRequest): GeneratorParams {
  requireStreamOptionsFit(request);
  return {
    model: request.model,
    messages: request.messages.map(toMessage),
    ...toSampling(request),
    ...toMaxTokens(request),
    ...toLogprobs(request),
    ...toPrediction(request),
    ...toTools(request),
    ...toReasoning(request),
    ...(request.chat_template_kwargs ? { templateOptions: request.chat_template_kwargs } : {}),
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

function toMessage(message: Message, index: number): ChatMessage {
  const path = `messages.${index}`;
  switch (message.role) {
    case 'system':
    case 'developer':
      // Chat templates know the older name of this role only.
      return { role: 'system', ...named(message), content: toText(message.content, path) };
    case 'user':
      return { role: 'user', ...named(message), content: toText(message.content, path) };
    case 'assistant':
      return toAssistantMessage(message, path);
    case 'tool':
      return {
        role: 'tool',
        content: toText(message.content, path),
        toolCallId: message.tool_call_id,
      };
    case 'function':
      throw unsupported(`${path}.role`, "Use the role 'tool'.");
    default:
      return message satisfies never;
  }
}

function toAssistantMessage(
  message: Extract<Message, { role: 'assistant' }>,
  path: string,
): ChatMessage {
  if (message.function_call) throw unsupported(`${path}.function_call`, "Use 'tool_calls'.");
  if (message.audio) throw unsupported(`${path}.audio`);
  const content = message.content ?? message.refusal ?? null;
  const reasoning = message.reasoning_content ?? message.reasoning;
  const toolCalls = message.tool_calls?.map(({ id, function: call }) => ({
    id,
    name: call.name,
    arguments: call.arguments,
  }));
  if (content === null && !toolCalls?.length) {
    throw badRequest(
      `Invalid '${path}.content': Required unless the message has tool calls.`,
      'invalid_parameter',
      `${path}.content`,
    );
  }
  return {
    role: 'assistant',
    ...named(message),
    content: content === null ? null : toText(content, path),
    ...(reasoning ? { reasoning } : {}),
    ...(toolCalls?.length ? { toolCalls } : {}),
  };
}

function named(message: { readonly name?: string | undefined }): { name?: string } {
  return message.name ? { name: message.name } : {};
}

function toText(content: Content, path: string): string {
  if (typeof content === 'string') return content;
  return content
    .map((part, index) => {
      if (part.type === 'text') return part.text;
      if (part.type === 'refusal') return part.refusal;
      throw unsupported(`${path}.content.${index}`, 'The model reads text only.');
    })
    .join('');
}
