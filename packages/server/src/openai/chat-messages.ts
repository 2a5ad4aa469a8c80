import type { ChatCompletionRequest, ChatMessage, ContentPart, ToolCall } from '@mlx/schemas';
import { imageOfUrl, joined } from '../images/image-part.js';
import { unsupported } from '../http/parse-body.js';
import { asArguments } from './custom-tools.js';

type Message = ChatCompletionRequest['messages'][number];
type AssistantMessage = Extract<Message, { role: 'assistant' }>;
type ToolCalls = NonNullable<AssistantMessage['tool_calls']>;
type Content = Message['content'];
type Part = Exclude<NonNullable<Content>, string>[number];
type ImageUrl = Extract<Part, { type: 'image_url' }>['image_url'];

/** A turn as clients send it, in the engine's terms. */
export function toMessage(message: Message, index: number): ChatMessage {
  const path = `messages.${index}`;
  switch (message.role) {
    case 'system':
    case 'developer':
      // Chat templates know the older name of this role only.
      return { role: 'system', ...named(message), content: toContent(message.content, path) };
    case 'user':
      return { role: 'user', ...named(message), content: toContent(message.content, path) };
    case 'assistant':
      return toAssistantMessage(message, path);
    case 'tool':
      return {
        role: 'tool',
        content: toContent(message.content, path),
        toolCallId: message.tool_call_id,
      };
    case 'function':
      throw unsupported(`${path}.role`, "Use the role 'tool'.");
    default:
      return message satisfies never;
  }
}

/** An answer as SDKs dump it; one without a word, such as one that was cut in its thoughts, is empty. */
function toAssistantMessage(message: AssistantMessage, path: string): ChatMessage {
  if (message.function_call) throw unsupported(`${path}.function_call`, "Use 'tool_calls'.");
  if (message.audio) throw unsupported(`${path}.audio`);
  const content = message.content ?? message.refusal ?? null;
  const reasoning =
    message.reasoning_content ?? message.reasoning ?? thoughtsIn(message.content ?? null);
  const toolCalls = message.tool_calls?.map(toToolCall);
  const calls = toolCalls?.length ? { toolCalls } : {};
  return {
    role: 'assistant',
    ...named(message),
    content: content === null && toolCalls?.length ? null : toContent(content, path),
    ...(reasoning ? { reasoning } : {}),
    ...calls,
  };
}

function toToolCall(call: ToolCalls[number]): ToolCall {
  if (call.type === 'custom') {
    return { id: call.id, name: call.custom.name, arguments: asArguments(call.custom.input) };
  }
  return { id: call.id, name: call.function.name, arguments: call.function.arguments };
}

function named(message: { readonly name?: string | undefined }): { name?: string } {
  return message.name ? { name: message.name } : {};
}

/** One text, unless markers mean something in a part of it, or a part is an image. */
function toContent(content: Content, path: string): NonNullable<ChatMessage['content']> {
  if (typeof content === 'string') return content;
  const parts = (content ?? []).map((part, index) => toPart(part, `${path}.content.${index}`));
  const marked = parts.some((part) => part.type === 'text' && part.allowSpecialTokens);
  return marked ? parts : joined(parts);
}

function toPart(part: Part, path: string): ContentPart {
  if (part.type === 'image_url') {
    const { url, detail } = imageUrl(part.image_url);
    return imageOfUrl(url, path, detail);
  }
  const text = { type: 'text' as const, text: toText(part, path) };
  const marked = 'allow_special_tokens' in part && part.allow_special_tokens === true;
  return marked ? { ...text, allowSpecialTokens: true } : text;
}

function imageUrl(given: ImageUrl): { readonly url: string; readonly detail?: string | undefined } {
  if (typeof given === 'string') return { url: given };
  const { url, detail } = given;
  return { url, detail: typeof detail === 'string' ? detail : undefined };
}

function toText(part: Exclude<Part, { type: 'image_url' }>, path: string): string {
  switch (part.type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return part.text;
    case 'refusal':
      return part.refusal;
    case 'thinking':
    case 'reasoning':
      return '';
    case 'input_audio':
    case 'file':
      throw unsupported(path, 'The model reads text and images only.');
    default:
      return part satisfies never;
  }
}

function thoughtsIn(content: Content): string {
  if (typeof content === 'string') return '';
  return (content ?? [])
    .map((part) => {
      if (part.type === 'thinking') return part.thinking;
      return part.type === 'reasoning' ? (part.text ?? '') : '';
    })
    .join('');
}
