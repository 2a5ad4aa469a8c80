import type { Round, ToolCall } from '../conversation/schema.js';
import type { ToolBox } from '../tools/tool-box.js';
import type { Speedometer } from './speedometer.js';
import { streamChat, type ChatRequest } from './stream-chat.js';

/** How one request ended. */
export interface RoundEnd {
  readonly round: Round;
  readonly reason: string;
  /** Tokens of prompt and answer together. */
  readonly contextUsed: number | undefined;
}

interface RoundOptions {
  readonly request: ChatRequest;
  /** What is gone on with, or an empty one. */
  readonly begun: Round;
  readonly tools: ToolBox;
  readonly speedometer: Speedometer;
  readonly signal: AbortSignal;
  readonly show: (round: Round) => void;
}

/** Streams one request's answer into `show`. */
export async function writeRound(options: RoundOptions): Promise<RoundEnd> {
  const { request, tools, speedometer, signal, show } = options;
  let { text, reasoning, calls } = options.begun;
  let reason = '';
  let contextUsed: number | undefined;
  for await (const event of streamChat(request, signal)) {
    switch (event.type) {
      case 'text':
        text += event.text;
        break;
      case 'reasoning':
        reasoning += event.text;
        break;
      case 'call':
        calls = withPart(calls, event, tools);
        break;
      case 'finished':
        ({ reason } = event);
        continue;
      case 'usage':
        contextUsed = event.promptTokens + event.completionTokens;
        speedometer.onUsage(event.completionTokens);
        continue;
    }
    speedometer.onText();
    show({ text, reasoning, calls });
  }
  // A call that was cut cannot be made, and those before it wait for it.
  if (reason === 'length') calls = options.begun.calls;
  return { round: { text, reasoning, calls }, reason, contextUsed };
}

interface CallPart {
  readonly index: number;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly arguments: string;
}

function withPart(calls: readonly ToolCall[], part: CallPart, tools: ToolBox): ToolCall[] {
  const known = calls[part.index];
  const call: ToolCall = known ?? {
    id: part.id ?? `call_${part.index}`,
    server: tools.serverOf(part.name ?? ''),
    name: part.name ?? '',
    arguments: '',
    state: 'asking',
    result: '',
  };
  const next = { ...call, arguments: call.arguments + part.arguments };
  return known ? calls.with(part.index, next) : [...calls, next];
}
