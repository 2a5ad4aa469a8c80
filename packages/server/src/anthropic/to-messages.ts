import type { AnthropicContentBlock, AnthropicMessageParam, ChatMessage } from '@mlx/schemas';
import { unsupported } from '../http/parse-body.js';

type ToolResult = Extract<AnthropicContentBlock, { type: 'tool_result' }>;

/** Anthropic's turns in the chat template's: tool results become turns of their own. */
export function toMessages(
  system: string | readonly { readonly text: string }[] | undefined,
  messages: readonly AnthropicMessageParam[],
): ChatMessage[] {
  return [
    ...toSystem(system),
    ...messages.flatMap((message, index) => toTurns(message, `messages.${index}`)),
  ];
}

function toSystem(system: string | readonly { readonly text: string }[] | undefined) {
  const text = typeof system === 'string' ? system : joined(system ?? []);
  return text === '' ? [] : [{ role: 'system' as const, content: text }];
}

function toTurns({ role, content }: AnthropicMessageParam, path: string): ChatMessage[] {
  if (typeof content === 'string') return [{ role, content }];
  const turns: ChatMessage[] = [];
  const texts: { readonly text: string }[] = [];
  const thoughts: { readonly text: string }[] = [];
  const toolCalls: NonNullable<ChatMessage['toolCalls']> = [];
  for (const [index, block] of content.entries()) {
    switch (block.type) {
      case 'text':
        texts.push(block);
        break;
      case 'tool_use':
        toolCalls.push({
          id: block.id,
          name: block.name,
          arguments: JSON.stringify(block.input),
        });
        break;
      case 'tool_result':
        turns.push(toToolTurn(block, `${path}.content.${index}`));
        break;
      case 'thinking':
        thoughts.push({ text: block.thinking });
        break;
      case 'redacted_thinking':
        // Nobody can read them; clients send them back all the same.
        break;
      case 'image':
      case 'document':
        throw unsupported(`${path}.content.${index}`, 'The model reads text only.');
      default:
        block satisfies never;
    }
  }
  const reasoning = thoughts.length > 0 ? { reasoning: joined(thoughts) } : {};
  const spoken = { role, ...reasoning };
  if (toolCalls.length > 0) turns.push({ ...spoken, content: joined(texts) || null, toolCalls });
  else if (texts.length > 0) turns.push({ ...spoken, content: joined(texts) });
  return turns;
}

function toToolTurn(
  { tool_use_id: toolCallId, content = '', is_error: failed = false }: ToolResult,
  path: string,
): ChatMessage {
  const text = resultText(content, path);
  return { role: 'tool', toolCallId, content: failed ? `Error: ${text}` : text };
}

function resultText(content: NonNullable<ToolResult['content']>, path: string): string {
  if (typeof content === 'string') return content;
  const texts = content.map((block, index) => {
    if (block.type === 'text') return block;
    throw unsupported(`${path}.content.${index}`, 'The model reads text only.');
  });
  return joined(texts);
}

function joined(blocks: readonly { readonly text: string }[]): string {
  return blocks.map(({ text }) => text).join('');
}
