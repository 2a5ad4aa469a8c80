import type { AnthropicCountTokensRequest, AnthropicMessageParam, ChatMessage } from '@mlx/schemas';
import { badRequest } from '../http/parse-body.js';
import { blockText, imageOf } from './block-text.js';
import type { IgnoreField } from './ignore-field.js';
import { toTurns } from './to-turns.js';

/**
 * A line that a client of this API puts first in its system prompt, for its
 * maker's accounts. It changes with every conversation: as part of the prompt
 * it would keep conversations from sharing what they have in common.
 */
const BILLING_LINE = /^x-anthropic-billing-header:[^\n]*\n*/;

/** Anthropic's turns in the chat template's: tool results become turns of their own. */
export function toMessages(
  { system, messages }: Pick<AnthropicCountTokensRequest, 'system' | 'messages'>,
  ignore: IgnoreField,
): ChatMessage[] {
  const turns = [
    ...toSystem(system, ignore),
    ...messages.flatMap((message, index) => toTurnsOf(message, index, ignore)),
  ];
  if (turns.length > 0) return turns;
  throw badRequest('No message has content that the model can read.', 'empty_prompt', 'messages');
}

function toSystem(system: AnthropicCountTokensRequest['system'], ignore: IgnoreField) {
  const blocks = typeof system === 'string' ? [{ text: system }] : (system ?? []);
  const text = blocks
    .map((block, index) => withoutBillingLine(block.text, `system.${index}`, ignore))
    .join('');
  return text === '' ? [] : [{ role: 'system' as const, content: text }];
}

function withoutBillingLine(text: string, path: string, ignore: IgnoreField): string {
  if (!BILLING_LINE.test(text)) return text;
  ignore('system[].x-anthropic-billing-header', path);
  return text.replace(BILLING_LINE, '');
}

function toTurnsOf(
  { role, content }: AnthropicMessageParam,
  index: number,
  ignore: IgnoreField,
): ChatMessage[] {
  if (typeof content === 'string') return [{ role, content }];
  return toTurns(role, content ?? [], (block, position) => {
    const path = `messages.${index}.content.${position}`;
    const place = { pattern: 'messages[].content[]', path };
    const image = block.type === 'image' ? imageOf(block, place) : undefined;
    return image ?? { type: 'text', text: blockText(block, place, ignore) };
  });
}
