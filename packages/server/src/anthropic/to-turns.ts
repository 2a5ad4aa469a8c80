import type {
  AnthropicContentBlock,
  AnthropicMessageParam,
  AnthropicResultBlock,
  ChatMessage,
  ContentPart,
} from '@mlx/schemas';
import { joined } from '../images/image-part.js';

type ToolResult = Extract<AnthropicContentBlock, { type: 'tool_result' }>;
type Readable = Exclude<
  AnthropicContentBlock | AnthropicResultBlock,
  { type: 'tool_use' | 'tool_result' | 'thinking' | 'redacted_thinking' }
>;

/** What the model is given of a block; `place` is its place in the message: `2`, `2.content.0`. */
type PartOf = (block: Readable, place: string) => ContentPart;

/** One message in the turns that chat templates know; none for one without content. */
export function toTurns(
  role: AnthropicMessageParam['role'],
  content: readonly AnthropicContentBlock[],
  partOf: PartOf,
): ChatMessage[] {
  const results: ChatMessage[] = [];
  const parts: ContentPart[] = [];
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
        results.push(toToolTurn(block, `${index}.content`, partOf));
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
        parts.push(partOf(block, String(index)));
        break;
      default:
        block satisfies never;
    }
  }
  return [...results, ...spokenTurn(role, { parts, thoughts, toolCalls })];
}

interface Spoken {
  readonly parts: readonly ContentPart[];
  readonly thoughts: readonly string[];
  readonly toolCalls: NonNullable<ChatMessage['toolCalls']>;
}

function spokenTurn(
  role: AnthropicMessageParam['role'],
  { parts, thoughts, toolCalls }: Spoken,
): ChatMessage[] {
  const reasoning = thoughts.length > 0 ? { reasoning: thoughts.join('') } : {};
  const content = joined(parts);
  if (toolCalls.length > 0) return [{ role, ...reasoning, content: content || null, toolCalls }];
  return parts.length + thoughts.length > 0 ? [{ role, ...reasoning, content }] : [];
}

function toToolTurn(
  { tool_use_id: toolCallId, content = '', is_error: failed = false }: ToolResult,
  path: string,
  partOf: PartOf,
): ChatMessage {
  const said: ContentPart[] =
    typeof content === 'string'
      ? [{ type: 'text', text: content }]
      : content.map((block, index) => partOf(block, `${path}.${index}`));
  const parts: ContentPart[] = failed ? [{ type: 'text', text: 'Error: ' }, ...said] : said;
  return { role: 'tool', toolCallId, content: joined(parts) };
}
