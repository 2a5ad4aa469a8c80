import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { createParser } from 'eventsource-parser';
import * as z from 'zod';
import { newAnswers, type AnswerRecord, type Outcome, type SeenError } from './answer-record.ts';
import type { RequestPlan } from './request-plan.ts';

/** What is read of a `text_completion`, whole or as an event, and of an error. */
const CompletionSchema = z.object({
  choices: z
    .array(z.object({ index: z.int(), text: z.string(), finish_reason: z.string().nullish() }))
    .default([]),
  error: z.object({ code: z.string().nullish(), message: z.string() }).optional(),
});

/** Makes the request over HTTP as a stranger would, and closes the connection where that is planned. */
export async function runThroughServer(plan: RequestPlan, url: string): Promise<Outcome> {
  const { behaviour, recipe } = plan;
  const answers = newAnswers(recipe.params.n ?? 1);
  const leaving = new AbortController();
  const leaveAfter = behaviour.kind === 'disconnects' ? behaviour.after : Infinity;
  // Before the first event: in the queue or while the prompt is read.
  if (leaveAfter === 0) setTimeout(() => leaving.abort(), 50);
  try {
    const response = await post(plan, url, leaving.signal);
    const isStream = response.headers['content-type']?.startsWith('text/event-stream') ?? false;
    if (!isStream) return await readWhole(response, answers);
    return await readStream(response, answers, leaveAfter);
  } catch (thrown) {
    if (leaving.signal.aborted) return { kind: 'left', answers };
    return { kind: 'failed', error: unexpected(thrown), answers };
  }
}

/** On a connection of its own, so that none is left open between requests. */
function post(plan: RequestPlan, url: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request(`${url}/v1/completions`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json' },
    signal,
  });
  outgoing
    .once('response', resolve)
    .on('error', reject)
    .end(JSON.stringify(toBody(plan)));
  return promise;
}

function toBody({ recipe: { params }, model, streaming, tenant, priority }: RequestPlan): object {
  return {
    model,
    prompt: params.prompt,
    max_tokens: params.maxTokens,
    temperature: params.temperature,
    top_p: params.topP,
    top_k: params.topK,
    min_p: params.minP,
    presence_penalty: params.presencePenalty,
    frequency_penalty: params.frequencyPenalty,
    repetition_penalty: params.repetitionPenalty,
    logit_bias: params.logitBias,
    logprobs: params.topLogprobs,
    stop: params.stopSequences,
    seed: params.seed,
    n: params.n,
    user: tenant,
    priority,
    stream: streaming,
  };
}

async function readWhole(
  response: IncomingMessage,
  answers: readonly AnswerRecord[],
): Promise<Outcome> {
  const { choices, error } = CompletionSchema.parse(JSON.parse(await text(response)));
  if (error !== undefined) return { kind: 'failed', error: toSeenError(error), answers };
  for (const choice of choices) {
    const answer = answers[choice.index];
    if (answer === undefined) continue;
    answer.text = choice.text;
    answer.ends.push('complete');
  }
  return { kind: 'ended', answers };
}

/** Reads to the end of the stream; leaving the loop closes the connection. */
async function readStream(
  response: IncomingMessage,
  answers: readonly AnswerRecord[],
  leaveAfter: number,
): Promise<Outcome> {
  let events = 0;
  let done = false;
  let failure: SeenError | undefined;
  const parser = createParser({
    onEvent({ data }) {
      events += 1;
      if (data === '[DONE]') {
        done = true;
        return;
      }
      const { choices, error } = CompletionSchema.parse(JSON.parse(data));
      if (error !== undefined) failure = toSeenError(error);
      for (const choice of choices) addChoice(answers, choice);
    },
  });
  response.setEncoding('utf8');
  for await (const piece of response as AsyncIterable<string>) {
    parser.feed(piece);
    if (events >= leaveAfter) return { kind: 'left', answers };
  }
  if (failure !== undefined) return { kind: 'failed', error: failure, answers };
  if (done) return { kind: 'ended', answers };
  return { kind: 'failed', error: unexpected('the stream ended without [DONE]'), answers };
}

function addChoice(
  answers: readonly AnswerRecord[],
  choice: z.infer<typeof CompletionSchema>['choices'][number],
): void {
  const answer = answers[choice.index];
  if (answer === undefined) throw new Error(`An event of choice ${choice.index}`);
  if (answer.ends.length > 0) answer.strays += 1;
  answer.text += choice.text;
  if (choice.finish_reason) answer.ends.push('complete');
}

function toSeenError(error: { code?: string | null | undefined; message: string }): SeenError {
  return { code: error.code ?? 'no code', retryable: undefined, message: error.message };
}

function unexpected(thrown: unknown): SeenError {
  return { code: 'transport failure', retryable: undefined, message: String(thrown) };
}
