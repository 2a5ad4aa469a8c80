import { describeFailure } from '../server/server-error.js';
import type { Answer } from './conversation.js';
import { Speedometer } from './speedometer.js';
import { streamChat, type ChatRequest } from './stream-chat.js';

const LENGTH_NOTE = 'The answer reached the maximum number of tokens. Raise it in the settings.';

/** Streams one answer into `change`, at most one update per painted frame. */
export async function runAnswer(
  request: ChatRequest,
  signal: AbortSignal,
  change: (part: Partial<Answer>) => void,
): Promise<void> {
  const speedometer = new Speedometer();
  let text = '';
  let reasoning = '';
  let note: string | undefined;
  let frame = 0;
  const paint = (): void => {
    frame = 0;
    change({ text, reasoning, state: 'streaming', speed: speedometer.read() });
  };
  const finish = (last: Partial<Answer>): void => {
    cancelAnimationFrame(frame);
    change({ text, reasoning, speed: speedometer.read(), ...last });
  };
  try {
    for await (const event of streamChat(request, signal)) {
      switch (event.type) {
        case 'text':
          text += event.text;
          speedometer.onText();
          frame ||= requestAnimationFrame(paint);
          break;
        case 'reasoning':
          reasoning += event.text;
          speedometer.onText();
          frame ||= requestAnimationFrame(paint);
          break;
        case 'arguments':
          // A conversation offers no tools.
          break;
        case 'finished':
          note = event.reason === 'length' ? LENGTH_NOTE : undefined;
          break;
        case 'usage':
          speedometer.onUsage(event.completionTokens);
          break;
      }
    }
    finish({ state: 'done', note });
  } catch (error) {
    if (signal.aborted) finish({ state: 'stopped' });
    else finish({ state: 'failed', note: describeFailure(error) });
  }
}
