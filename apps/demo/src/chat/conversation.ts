/** Where an answer stands. */
type AnswerState = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';

/** How fast an answer came. */
export interface AnswerSpeed {
  readonly timeToFirstTokenMs: number;
  readonly tokens: number;
  readonly tokensPerSecond: number | undefined;
}

interface Question {
  readonly id: string;
  readonly role: 'user';
  readonly text: string;
}

export interface Answer {
  readonly id: string;
  readonly role: 'assistant';
  readonly text: string;
  /** What the model thought before it answered. */
  readonly reasoning?: string | undefined;
  readonly state: AnswerState;
  readonly speed?: AnswerSpeed | undefined;
  /** Why the answer ended before its end: the token limit, or an error. */
  readonly note?: string | undefined;
}

export type Message = Question | Answer;

export type ConversationAction =
  | { readonly type: 'asked'; readonly question: Question; readonly answerId: string }
  | { readonly type: 'retried'; readonly answerId: string }
  | { readonly type: 'answered'; readonly id: string; readonly change: Partial<Answer> }
  | { readonly type: 'cleared' };

/** The conversation after `action`; the last message is an answer unless it is empty. */
export function conversationReducer(
  messages: readonly Message[],
  action: ConversationAction,
): readonly Message[] {
  switch (action.type) {
    case 'asked':
      return [...messages, action.question, emptyAnswer(action.answerId)];
    case 'retried':
      return [...messages.slice(0, -1), emptyAnswer(action.answerId)];
    case 'answered':
      return messages.map((message) =>
        message.role === 'assistant' && message.id === action.id
          ? { ...message, ...action.change }
          : message,
      );
    case 'cleared':
      return [];
    default:
      return action satisfies never;
  }
}

function emptyAnswer(id: string): Answer {
  return { id, role: 'assistant', text: '', state: 'waiting' };
}

/** What the model is shown: finished turns only, so a failed answer does not mislead it. */
export function toRequestMessages(
  messages: readonly Message[],
  systemPrompt: string,
): readonly { role: 'system' | 'user' | 'assistant'; content: string }[] {
  const turns = messages
    .filter((message) => message.text !== '')
    .map(({ role, text }) => ({ role, content: text }));
  return systemPrompt === '' ? turns : [{ role: 'system', content: systemPrompt }, ...turns];
}
