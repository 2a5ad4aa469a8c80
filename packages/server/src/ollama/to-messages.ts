import type { ChatMessage, ContentPart } from '@mlx/schemas';
import type { OllamaMessage } from '@mlx/schemas/ollama';
import { imageOfBase64, joined } from '../images/image-part.js';

interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** Ollama's turns in the chat template's; calls get the ids that results refer to. */
export function toMessages(messages: readonly OllamaMessage[]): ChatMessage[] {
  const open: OpenCall[] = [];
  let calls = 0;
  return messages.map((message, index) => {
    const { role, thinking } = message;
    const content = message.content ?? '';
    if (role !== 'assistant') {
      const shown = withImages(content, message.images, `messages.${index}.images`);
      return { role, content: shown, ...(role === 'tool' ? answered(open, message) : {}) };
    }
    const toolCalls = (message.tool_calls ?? []).map(({ id, function: call }) => {
      calls += 1;
      return {
        id: id || `call_${calls}`,
        name: call.name,
        arguments: JSON.stringify(call.arguments),
      };
    });
    open.push(...toolCalls);
    return {
      role,
      content: content === '' && toolCalls.length > 0 ? null : content,
      ...(thinking ? { reasoning: thinking } : {}),
      ...(toolCalls.length > 0 ? { toolCalls } : {}),
    };
  });
}

/** Images come before what is said of them. */
export function withImages(
  text: string,
  images: readonly string[] | null | undefined,
  path: string,
): string | ContentPart[] {
  const shown = (images ?? []).map((image, index) => imageOfBase64(image, `${path}.${index}`));
  return joined([...shown, { type: 'text', text }]);
}

/** The call that a result belongs to: by id, else the first open one of that name, else the first. */
function answered(open: OpenCall[], { tool_call_id: id, tool_name: name }: OllamaMessage) {
  const byName = open.findIndex((call) => call.name === name);
  const index = id ? open.findIndex((call) => call.id === id) : Math.max(0, byName);
  const [call] = index === -1 ? [] : open.splice(index, 1);
  const toolCallId = id || call?.id;
  const toolName = name || call?.name;
  return {
    ...(toolCallId ? { toolCallId } : {}),
    ...(toolName ? { name: toolName } : {}),
  };
}
