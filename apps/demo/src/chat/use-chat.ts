import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { Settings } from '../settings/settings-schema.js';
import { describeFailure } from '../server/server-error.js';
import {
  conversationReducer,
  toRequestMessages,
  type Answer,
  type Message,
} from './conversation.js';
import { runAnswer } from './run-answer.js';

export interface Chat {
  readonly messages: readonly Message[];
  readonly busy: boolean;
  readonly ask: (text: string) => void;
  readonly retry: () => void;
  readonly stop: () => void;
  readonly clear: () => void;
}

/** `crypto.randomUUID` is missing where the page is not served from loopback or over TLS. */
let lastId = 0;
function newId(): string {
  lastId += 1;
  return `message-${lastId}`;
}

/** One conversation, kept in memory, with at most one answer under way. */
export function useChat(model: string | undefined, settings: Settings): Chat {
  const [messages, dispatch] = useReducer(conversationReducer, []);
  const running = useRef<AbortController>(undefined);

  const stop = useCallback(() => running.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const answer = (id: string, history: readonly Message[]): void => {
    const abort = new AbortController();
    running.current = abort;
    const change = (part: Partial<Answer>): void => {
      dispatch({ type: 'answered', id, change: part });
    };
    const { systemPrompt, maxTokens, topP, ...sampling } = settings;
    const request = {
      model: model ?? '',
      messages: toRequestMessages(history, systemPrompt),
      ...sampling,
      top_p: topP,
      max_tokens: maxTokens,
    };
    runAnswer(request, abort.signal, change).catch((error: unknown) => {
      change({ state: 'failed', note: describeFailure(error) });
    });
  };

  return {
    messages,
    busy: messages.some(isRunning),
    ask(text) {
      const question = { id: newId(), role: 'user', text } as const;
      const answerId = newId();
      dispatch({ type: 'asked', question, answerId });
      answer(answerId, [...messages, question]);
    },
    retry() {
      const answerId = newId();
      dispatch({ type: 'retried', answerId });
      answer(answerId, messages.slice(0, -1));
    },
    stop,
    clear() {
      stop();
      dispatch({ type: 'cleared' });
    },
  };
}

function isRunning(message: Message): boolean {
  return message.role === 'assistant' && ['waiting', 'streaming'].includes(message.state);
}
