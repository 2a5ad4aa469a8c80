import { EMPTY_ROUND, newAnswer, newId, titleOf } from '../conversation/new-conversation.js';
import { showImages, toRequestMessages } from '../conversation/request-messages.js';
import type { Answer, Attachment, Conversation, Question } from '../conversation/schema.js';
import { isRunning } from '../conversation/settle.js';
import { choose, pathOf, withChange, withMessage, withoutTurn } from '../conversation/tree.js';
import { isBlind, modelOf, shortName } from '../models/model-list.js';
import { describeFailure } from '../server/server-error.js';
import { toParameters } from '../settings/to-parameters.js';
import {
  findConversation,
  touchConversation,
  updateConversation,
} from '../store/conversation-store.js';
import { openToolBox } from '../tools/mcp-tools.js';
import { runAnswer } from './run-answer.js';

/** By answer: what stops it. */
const running = new Map<string, AbortController>();

/** Asks at the end of a conversation, or in place of an earlier question. */
export function ask(
  conversation: Conversation,
  text: string,
  files: readonly Attachment[],
  instead?: Question,
): void {
  const parent = instead ? instead.parent : (pathOf(conversation).at(-1)?.id ?? null);
  const question: Question = { role: 'user', id: newId(), parent, text, files: [...files] };
  const isFirst = parent === null && !conversation.named;
  const title = isFirst ? titleOf(text || (files[0]?.name ?? '')) : conversation.title;
  regenerate(withMessage({ ...conversation, title }, question), question.id);
}

/** Answers a question, once more if it has answers. */
export function regenerate(conversation: Conversation, questionId: string): void {
  const answer = newAnswer(questionId, modelOf(conversation.model)?.id ?? conversation.model);
  touchConversation(withMessage(conversation, answer));
  void write(conversation.id, answer);
}

/** Goes on with an answer that ended too early. */
export function continueAnswer(conversation: Conversation, answer: Answer): void {
  touchConversation(
    withChange(conversation, answer.id, (message) => ({
      ...message,
      state: 'waiting',
      note: undefined,
    })),
  );
  void write(conversation.id, answer);
}

export function stopAnswers(conversation: Conversation): void {
  for (const { id } of conversation.messages) running.get(id)?.abort();
}

export function showVariant(conversation: Conversation, message: Question | Answer): void {
  updateConversation(conversation.id, (current) => choose(current, message));
}

export function removeTurn(conversation: Conversation, question: Question): void {
  updateConversation(conversation.id, (current) => withoutTurn(current, question));
}

/** Sends only the later half of the conversation from now on. */
export function leaveOldTurnsOut(conversation: Conversation): void {
  const path = pathOf(conversation);
  const start = Math.max(
    0,
    path.findIndex(({ id }) => id === conversation.sentFrom),
  );
  const questions = path.slice(start).filter(({ role }) => role === 'user');
  const from = questions[Math.ceil(questions.length / 2)] ?? questions.at(-1);
  if (from) updateConversation(conversation.id, (current) => ({ ...current, sentFrom: from.id }));
}

async function write(conversationId: string, answer: Answer): Promise<void> {
  const conversation = findConversation(conversationId);
  if (!conversation) return;
  const abort = new AbortController();
  running.set(answer.id, abort);
  const change = (part: Partial<Answer>): void =>
    updateConversation(conversationId, (current) =>
      withChange(current, answer.id, (message) =>
        message.role === 'assistant' ? { ...message, ...part } : message,
      ),
    );
  try {
    const messages = toRequestMessages(conversation, answer);
    const model = modelOf(answer.model);
    if (model && isBlind(model) && showImages(messages)) throw new Error(blindness(model.id));
    await runAnswer({
      model: answer.model,
      messages,
      parameters: toParameters(conversation.settings, model),
      begun: answer.rounds.length > 0 ? answer.rounds : [EMPTY_ROUND],
      contextLength: model?.contextLength,
      openTools: () => openToolBox(conversation.toolServers),
      isAllowed: ({ server, name }) =>
        findConversation(conversationId)?.allowedTools.includes(`${server}/${name}`) ?? false,
      allowAlways: ({ server, name }) =>
        updateConversation(conversationId, (current) => ({
          ...current,
          allowedTools: [...current.allowedTools, `${server}/${name}`],
        })),
      signal: abort.signal,
      change,
    });
  } catch (error) {
    change({ state: 'failed', note: describeFailure(error) });
  } finally {
    running.delete(answer.id);
  }
}

function blindness(model: string): string {
  return `${shortName(model)} reads text only, and there are images in this chat. Choose a model that sees them, then try again.`;
}

export function isBusy(conversation: Conversation): boolean {
  return conversation.messages.some(isRunning);
}
