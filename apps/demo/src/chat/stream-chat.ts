import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';
import { readServerError, ServerError, ServerErrorSchema } from '../server/server-error.js';

/** What this page reads of a chat completion chunk. */
const ChunkSchema = z.object({
  choices: z.array(
    z.object({
      delta: z.object({
        content: z.string().nullish(),
        reasoning_content: z.string().nullish(),
        tool_calls: z
          .array(z.object({ function: z.object({ arguments: z.string().nullish() }).nullish() }))
          .nullish(),
      }),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z.object({ completion_tokens: z.number() }).nullish(),
});

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
  readonly max_tokens?: number | undefined;
  readonly seed?: number | undefined;
  /** The form of the answer, as OpenAI's API has it. */
  readonly response_format?: object | undefined;
  readonly tools?: readonly object[] | undefined;
  readonly tool_choice?: 'required' | undefined;
  readonly parallel_tool_calls?: boolean | undefined;
}

export type ChatEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'arguments'; readonly text: string }
  | { readonly type: 'finished'; readonly reason: string }
  | { readonly type: 'usage'; readonly completionTokens: number };

const DONE = '[DONE]';

/** Streams one answer; throws `ServerError` when the server refuses or the stream breaks. */
export async function* streamChat(
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const response = await fetch('./v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, stream: true, stream_options: { include_usage: true } }),
    signal,
  });
  if (!response.ok || !response.body) throw await readServerError(response);
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) {
    if (data === DONE) return;
    yield* readEvent(JSON.parse(data));
  }
  throw new ServerError('The connection ended before the answer was complete.');
}

function* readEvent(data: unknown): Generator<ChatEvent> {
  const failure = ServerErrorSchema.safeParse(data);
  if (failure.success) throw new ServerError(failure.data.error.message);
  const { choices, usage } = ChunkSchema.parse(data);
  const [choice] = choices;
  if (choice?.delta.reasoning_content) {
    yield { type: 'reasoning', text: choice.delta.reasoning_content };
  }
  if (choice?.delta.content) yield { type: 'text', text: choice.delta.content };
  for (const call of choice?.delta.tool_calls ?? []) {
    if (call.function?.arguments) yield { type: 'arguments', text: call.function.arguments };
  }
  if (choice?.finish_reason) yield { type: 'finished', reason: choice.finish_reason };
  if (usage) yield { type: 'usage', completionTokens: usage.completion_tokens };
}
