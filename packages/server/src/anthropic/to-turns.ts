import type {
  AnthropicContentBlock,
  AnthropicMessageParam,
  AnthropicResultBlock,
  ChatMessage,
} from '@mlx/schemas';

type ToolResult = Extract<AnthropicContentBlock, { type: 'tool_result' }>;
type Readable = Exclude<
  AnthropicContentBlock | AnthropicResultBlock,
  { type: 'tool_use' | 'tool_result' | 'thinking' | 'redacted_thinking' }
>;

/** What the model is given of a block; `place` is its place in the message: `2`, `2.content.0`. */
type TextOf = (block: Readable, place: string) => string;

/** One message in the turns that chat templates know; none for one without content. */
export function toTurns(
  role: AnthropicMessageParam['role'],
  content: readonly AnthropicContentBlock[],
  textOf: TextOf,
): ChatMessage[] {
  const results: ChatMessage[] = [];
  const texts: string[] = [];
  const thoughts: string[] = [];
  const toolCalls: NonNullable<ChatMessage['toolCalls']> = [];
  for (const [index, block] of content.entries()) {
    switch (block.type) {
      case 'tool_use':
        toolCalls.push({
          id: block.id,
          name: block.name,
          arguments: JSON.stringify(block.input ?? {}),
        });
        break;
      case 'tool_result':
        results.push(toToolTurn(block, `${index}.content`, textOf));
        break;
      case 'thinking':
        if (block.thinking !== '') thoughts.push(block.thinking);
        break;
      case 'redacted_thinking':
        // Nobody can read them; clients send them back all the same.
        break;
      case 'text':
      case 'image':
      case 'document':
      case 'search_result':
        texts.push(textOf(block, String(index)));
        break;
      default:
        block satisfies never;
    }
  }
  return [...results, ...spokenTurn(role, { texts, thoughts, toolCalls })];
}

interface Spoken {
  readonly texts: readonly string[];
  readonly thoughts: readonly string[];
  readonly toolCalls: NonNullable<ChatMessage['toolCalls']>;
}

function spokenTurn(
  role: AnthropicMessageParam['role'],
  { texts, thoughts, toolCalls }: Spoken,
): ChatMessage[] {
  const reasoning = thoughts.length > 0 ? { reasoning: thoughts.join('') } : {};
  const content = texts.join('');
  if (toolCalls.length > 0) return [{ role, ...reasoning, content: content || null, toolCalls }];
  return texts.length + thoughts.length > 0 ? [{ role, ...reasoning, content }] : [];
}

function toToolTurn(
  { tool_use_id: toolCallId, content = '', is_error: failed = false }: ToolResult,
  path: string,
  textOf: TextOf,
): ChatMessage {
  const text =
    typeof content === 'string'
      ? content
      : content.map((block, index) => textOf(block, `${path}.${index}`)).join('');
  return { role: 'tool', toolCallId, content: failed ? `Error: ${text}` : text };
}
