import { useEffect, useRef, useState } from 'react';
import { streamChat } from '../chat/stream-chat.js';
import type { TypedExample } from './examples.js';

interface TypedAnswer {
  readonly text: string;
  readonly state: 'empty' | 'running' | 'valid' | 'failed';
  readonly message?: string;
}

const EMPTY: TypedAnswer = { text: '', state: 'empty' };

/** One answer at a time: asking again, or leaving, ends the one before. */
export function useTypedAnswer(model: string) {
  const [answer, setAnswer] = useState(EMPTY);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const ask = async ({ ask: form, schema }: TypedExample, prompt: string): Promise<void> => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    let text = '';
    const show = (next: TypedAnswer) => controller.signal.aborted || setAnswer(next);
    show({ text, state: 'running' });
    try {
      const messages = [{ role: 'user', content: prompt }];
      const request = { model, messages, temperature: 0, max_tokens: 200, ...form };
      for await (const event of streamChat(request, controller.signal)) {
        if (event.type !== 'text' && event.type !== 'arguments') continue;
        text += event.text;
        show({ text, state: 'running' });
      }
      const value: unknown = schema.parse(JSON.parse(text));
      show({ text: JSON.stringify(value, null, 2), state: 'valid' });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      show({ text, state: 'failed', message });
    }
  };
  return { answer, ask, clear: () => setAnswer(EMPTY) };
}
