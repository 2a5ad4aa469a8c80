import type {
  ChatMessage,
  ContentPart,
  GeneratorParams,
  Prompt,
  PromptTemplate,
  ToolDefinition,
} from '@mlx/schemas';
import type { WireMessage, WirePromptInput } from '@mlx/schemas/wire';
import { invalidParameter } from '../support/errors.js';
import { refuseTooManyImages, toImagePart } from './image-part.js';
import { offeredTools, toWireTools } from './tools-on-wire.js';

type TextPart = Extract<ContentPart, { type: 'text' }>;
type WireChat = Extract<WirePromptInput, { type: 'chat' }>;

/** The prompt or the conversation, as the runtime wants it. */
export function toWirePrompt(params: GeneratorParams): WirePromptInput {
  const { prompt, messages, addSpecialTokens, templateOptions, continueFinalMessage } = params;
  if (messages !== undefined) {
    refuse('addSpecialTokens', addSpecialTokens, 'a text prompt');
    requireAssistantLast(messages, continueFinalMessage);
    const chat = toWireChat(messages, offeredTools(params));
    return { ...chat, templateOptions, continueFinalMessage };
  }
  refuse('templateOptions', templateOptions, 'messages');
  refuse('continueFinalMessage', continueFinalMessage, 'messages');
  if (prompt === undefined) throw invalidParameter('prompt', 'Required');
  if (isTokens(prompt)) {
    refuse('addSpecialTokens', addSpecialTokens, 'a text prompt');
    return { type: 'tokens', tokens: prompt.tokens };
  }
  const text = typeof prompt === 'string' ? prompt : fillTemplate(prompt);
  return { type: 'text', text, addSpecialTokens };
}

export function toWireChat(
  messages: readonly ChatMessage[],
  tools: readonly ToolDefinition[] = [],
): WireChat {
  refuseTooManyImages(messages);
  return { type: 'chat', messages: messages.map(toWireMessage), tools: toWireTools(tools) };
}

/** Puts the variables into the template; a name without a value is an error, never an empty text. */
function fillTemplate({ template, variables }: PromptTemplate): string {
  return template.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (_, name: string) => {
    if (Object.hasOwn(variables, name)) return String(variables[name]);
    throw invalidParameter(`prompt.variables.${name}`, 'The template needs this variable');
  });
}

function isTokens(prompt: Prompt): prompt is { tokens: number[] } {
  return typeof prompt === 'object' && 'tokens' in prompt;
}

function toWireMessage(message: ChatMessage, index: number): WireMessage {
  const { content, ...facts } = message;
  if (content === null || typeof content === 'string') return { ...facts, content };
  if (content.every(isPlain)) {
    return { ...facts, content: content.map(({ text }) => text).join('') };
  }
  const parts = content.map((part, position) =>
    part.type === 'text'
      ? toPart(part)
      : toImagePart(part, `messages.${index}.content.${position}`),
  );
  return { ...facts, content: null, parts };
}

function isPlain(part: ContentPart): part is TextPart {
  return part.type === 'text' && part.allowSpecialTokens !== true;
}

function toPart({ text, allowSpecialTokens = false }: TextPart) {
  return { text, allowSpecialTokens };
}

function requireAssistantLast(
  messages: readonly ChatMessage[],
  continueFinalMessage: boolean | undefined,
): void {
  if (!continueFinalMessage || messages.at(-1)?.role === 'assistant') return;
  throw invalidParameter('continueFinalMessage', "The last message is not an assistant's");
}

function refuse(name: string, value: unknown, needed: string): void {
  if (value !== undefined) throw invalidParameter(name, `Has a meaning only with ${needed}`);
}
