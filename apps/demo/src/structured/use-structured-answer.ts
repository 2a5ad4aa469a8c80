import { useEffect, useRef, useState } from 'react';
import { streamChat } from '../chat/stream-chat.js';
import { describeFailure } from '../server/server-error.js';
import { readSchema, type WrittenSchema } from './read-schema.js';

export interface StructuredAnswer {
  readonly text: string;
  readonly state: 'empty' | 'running' | 'valid' | 'failed';
  readonly message?: string;
}

const TOO_LONG = 'The answer reached the maximum number of tokens before it was complete.';
const EMPTY: StructuredAnswer = { text: '', state: 'empty' };

/** One answer at a time: asking again, stopping or leaving ends the one before. */
export function useStructuredAnswer(model: string) {
  const [answer, setAnswer] = useState(EMPTY);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const stop = (): void => {
    running.current?.abort();
    setAnswer((before) =>
      before.state === 'running' ? { ...before, state: 'failed', message: 'Stopped.' } : before,
    );
  };
  const clear = (): void => {
    running.current?.abort();
    setAnswer(EMPTY);
  };

  const ask = async (source: string, prompt: string): Promise<void> => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    let text = '';
    const show = (next: StructuredAnswer) => controller.signal.aborted || setAnswer(next);
    let schema: WrittenSchema;
    try {
      schema = readSchema(source);
    } catch (error) {
      show({ ...EMPTY, message: describeFailure(error) });
      return;
    }
    show({ text, state: 'running' });
    try {
      const request = {
        model,
        messages: [{ role: 'user', content: prompt }],
        temperature: 0,
        ...formOf(schema.json),
      };
      for await (const event of streamChat(request, controller.signal)) {
        if (event.type === 'finished' && event.reason === 'length') throw new Error(TOO_LONG);
        if (event.type !== 'text') continue;
        text += event.text;
        show({ text, state: 'running' });
      }
      const value: unknown = schema.check.parse(JSON.parse(text));
      show({ text: JSON.stringify(value, null, 2), state: 'valid' });
    } catch (error) {
      show({ text, state: 'failed', message: describeFailure(error) });
    }
  };
  return { answer, ask, stop, clear };
}

function formOf(schema: object) {
  const json = { name: 'answer', strict: true, schema };
  return { response_format: { type: 'json_schema', json_schema: json } };
}
