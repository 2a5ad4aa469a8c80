import type {
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  SharedV4Warning,
} from '@ai-sdk/provider';
import { filePart, joined } from './file-part.js';
import type { Message } from './generation-request.js';
import { toolResultContent } from './tool-result-content.js';
import { unsupported } from './warnings.js';

type Part<Role extends LanguageModelV4Message['role']> = Exclude<
  Extract<LanguageModelV4Message, { role: Role }>['content'],
  string
>[number];

/** The conversation in the engine's form; what the model cannot be shown is put into `warnings`. */
export function toMessages(prompt: LanguageModelV4Prompt, warnings: SharedV4Warning[]): Message[] {
  return prompt.flatMap((message): Message[] => {
    switch (message.role) {
      case 'system':
        return [{ role: 'system', content: message.content }];
      case 'user':
        return [{ role: 'user', content: joined(message.content.map(userPart)) }];
      case 'assistant':
        return toTurns(message.content, warnings);
      case 'tool':
        return message.content.flatMap((part) => toToolTurn(part, warnings));
      default:
        return message satisfies never;
    }
  });
}

function userPart(part: Part<'user'>) {
  return part.type === 'text' ? { type: part.type, text: part.text } : filePart(part);
}

/** The assistant's turn, and what tools answered that were run on its side. */
function toTurns(parts: readonly Part<'assistant'>[], warnings: SharedV4Warning[]): Message[] {
  const turn: Message & { content: string } = { role: 'assistant', content: '' };
  const results: Message[] = [];
  for (const part of parts) {
    switch (part.type) {
      case 'text':
        turn.content += part.text;
        break;
      case 'reasoning':
        turn.reasoning = (turn.reasoning ?? '') + part.text;
        break;
      case 'tool-call':
        (turn.toolCalls ??= []).push({
          id: part.toolCallId,
          name: part.toolName,
          arguments: JSON.stringify(part.input ?? {}),
        });
        break;
      case 'tool-result':
        results.push(...toToolTurn(part, warnings));
        break;
      case 'file':
      case 'custom':
      case 'reasoning-file':
        warnings.push(unsupported(`assistant ${part.type} part`, 'The model is not shown it.'));
        break;
      default:
        part satisfies never;
    }
  }
  const silent = turn.content === '' && turn.toolCalls !== undefined;
  return [silent ? { ...turn, content: null } : turn, ...results];
}

function toToolTurn(part: Part<'tool'>, warnings: SharedV4Warning[]): Message[] {
  if (part.type !== 'tool-result') return [];
  const content = toolResultContent(part.output, warnings);
  return [{ role: 'tool', toolCallId: part.toolCallId, content }];
}
