import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';
import { apiFetch, apiUrl } from '../server/api.js';
import { readServerError, ServerError, ServerErrorSchema } from '../server/server-error.js';

const CallSchema = z.object({
  index: z.number(),
  id: z.string().optional(),
  function: z.object({ name: z.string().optional(), arguments: z.string().optional() }).optional(),
});

/** What this page reads of a chat completion chunk. */
const ChunkSchema = z.object({
  choices: z.array(
    z.object({
      delta: z.object({
        content: z.string().nullish(),
        reasoning_content: z.string().nullish(),
        tool_calls: z.array(CallSchema).nullish(),
      }),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly object[];
  /** Sampling, the form of the answer, tools: as OpenAI's API has them. */
  readonly [parameter: string]: unknown;
}

export type ChatEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** A part of a call: its id and name come first, then pieces of its arguments. */
  | {
      readonly type: 'call';
      readonly index: number;
      readonly id?: string | undefined;
      readonly name?: string | undefined;
      readonly arguments: string;
    }
  | { readonly type: 'finished'; readonly reason: string }
  | { readonly type: 'usage'; readonly promptTokens: number; readonly completionTokens: number };

const DONE = '[DONE]';

/** Streams one answer; throws `ServerError` when the server refuses or the stream breaks. */
export async function* streamChat(
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const response = await apiFetch(apiUrl('v1/chat/completions'), {
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
  if (failure.success) throw new ServerError(failure.data.error.message, failure.data.error.code);
  const { choices, usage } = ChunkSchema.parse(data);
  const [choice] = choices;
  const { reasoning_content: reasoning, content, tool_calls: calls } = choice?.delta ?? {};
  if (reasoning) yield { type: 'reasoning', text: reasoning };
  if (content) yield { type: 'text', text: content };
  for (const { index, id, function: called } of calls ?? []) {
    yield { type: 'call', index, id, name: called?.name, arguments: called?.arguments ?? '' };
  }
  if (choice?.finish_reason) yield { type: 'finished', reason: choice.finish_reason };
  if (usage) {
    const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = usage;
    yield { type: 'usage', promptTokens, completionTokens };
  }
}
