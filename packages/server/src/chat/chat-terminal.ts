import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import type { Chat } from './chat.js';
import { runChatCommand } from './chat-commands.js';
import { TypedLines } from './typed-lines.js';
import { readHistory, writeHistory } from './chat-history.js';

const PROMPT = '>>> ';
const CONTINUED = '... ';
const QUOTE = '"""';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Talks with a person until they leave. */
export async function chatInTerminal(chat: Chat, { input, output }: Terminal): Promise<void> {
  const history = await readHistory();
  const lines = createInterface({ input, output, history, historySize: 1000 });
  const typed = new TypedLines(lines);
  let answering: AbortController | undefined;
  lines.on('history', (entries: string[]) => void writeHistory(entries));
  lines.on('SIGINT', () => {
    if (answering) answering.abort();
    else output.write('\nCtrl-D or /bye leaves.\n');
    if (!answering) lines.prompt();
  });
  // Ctrl-D while it answers; piped text merely ends.
  lines.once('close', () => {
    if (output.isTTY) answering?.abort();
  });
  try {
    for (;;) {
      const text = await readText(typed);
      if (text === undefined) return;
      if (text === '') continue;
      if (text.startsWith('/')) {
        const outcome = await runChatCommand(chat, text);
        if (outcome.kind === 'leave') return;
        output.write(`${outcome.text}\n`);
        continue;
      }
      answering = new AbortController();
      await writeAnswer(chat, text, output, answering.signal);
      answering = undefined;
    }
  } finally {
    lines.close();
  }
}

/** What was typed; undefined when the person left. */
async function readText(typed: TypedLines): Promise<string | undefined> {
  const first = await typed.next(PROMPT);
  if (first === undefined || !first.startsWith(QUOTE)) return first?.trim();
  let text = first.slice(QUOTE.length);
  while (!text.trimEnd().endsWith(QUOTE)) {
    const next = await typed.next(CONTINUED);
    if (next === undefined) return undefined;
    text += `\n${next}`;
  }
  return text.trimEnd().slice(0, -QUOTE.length).trim();
}

/** Writes an answer as it comes; what the model thinks is dim. A failure is told and ends nothing else. */
export async function writeAnswer(
  chat: Chat,
  question: string,
  output: Terminal['output'],
  signal: AbortSignal,
): Promise<boolean> {
  const dim = (text: string) =>
    output.isTTY ? styleText('dim', text, { validateStream: false }) : text;
  const colour = process.env['NO_COLOR'] ? (text: string) => text : dim;
  try {
    for await (const { kind, text } of chat.answer(question, signal)) {
      if (kind === 'call') output.write(`${colour(`[${text}]`)}\n`);
      else output.write(kind === 'thought' ? colour(text) : text);
    }
    output.write('\n');
    return true;
  } catch (error) {
    const told = signal.aborted
      ? '[stopped]'
      : `[${error instanceof Error ? error.message : String(error)}]`;
    output.write(`\n${told}\n`);
    return signal.aborted;
  }
}
