import type { Context } from 'hono';
import { readJson } from '../body/read-json.js';
import { HttpError } from '../http/http-error.js';
import { toHttpError } from '../http/to-http-error.js';
import type { RequestVariables } from '../middleware/request-log.js';
import { answersOf, type AnswersRequest } from '../openai/answers.js';
import { started, type AnswerChunk } from '../openai/chunks.js';
import { collect } from '../openai/collect.js';
import type { ResponseFormat } from '../openai/response-format.js';
import { streamEvents } from '../openai/stream-events.js';
import { byteStream } from '../sse/byte-stream.js';
import type { Work } from '../work-tracker.js';
import type { RouteContext } from './context.js';

const KEEP_ALIVE_MS = 15_000;
const CLIENT_CLOSED_REQUEST = 499;

/** A request body in the engine's terms, and how its answer is written. */
export interface GenerationPlan extends AnswersRequest {
  readonly model: string;
  readonly format: ResponseFormat;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

export type RequestContext = Context<{ Variables: RequestVariables }>;

/** From body to answer: the one path of every endpoint that generates text. */
export async function generate(
  context: RequestContext,
  routes: RouteContext,
  plan: (body: unknown) => GenerationPlan,
): Promise<Response> {
  const work = routes.work.start(context.req.raw.signal);
  let streaming = false;
  try {
    const planned = plan(await readJson(context.req.raw, routes.options.bodyLimits));
    await routes.options.readiness.waitUntilReady(routes.options.loadWaitMs, work.signal);
    await routes.models.require(planned.model);
    const chunks = await started(answersOf(routes.engine, planned, work.signal));
    if (!planned.stream) {
      return Response.json(await collect(chunks, planned.format, planned.answersPerPrompt));
    }
    streaming = true;
    return streamResponse(context, routes, planned, chunks, work);
  } catch (error) {
    throw abortReason(work, error);
  } finally {
    if (!streaming) work.finish();
  }
}

function streamResponse(
  context: RequestContext,
  { options }: RouteContext,
  plan: GenerationPlan,
  chunks: AsyncIterable<AnswerChunk>,
  work: Work,
): Response {
  const events = streamEvents(chunks, {
    format: plan.format,
    prompts: plan.prompts.length,
    answersPerPrompt: plan.answersPerPrompt,
    includeUsage: plan.includeUsage,
    describeFailure: (error) => {
      const failure = toHttpError(abortReason(work, error));
      const { status, code } = failure;
      context.get('log').warn({ status, code, err: failure.cause }, 'stream failed');
      return failure;
    },
  });
  const body = byteStream(finishing(events, work), {
    abort: work.abort,
    stallTimeoutMs: options.stallTimeoutMs,
    keepAliveMs: KEEP_ALIVE_MS,
    keepAliveText: ': keep-alive\n\n',
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'transfer-encoding': 'chunked',
      // Asks proxies of the nginx kind not to collect the stream first.
      'x-accel-buffering': 'no',
    },
  });
}

async function* finishing(events: AsyncIterable<string>, work: Work): AsyncGenerator<string> {
  try {
    yield* events;
  } finally {
    work.finish();
  }
}

/** Why work was aborted says more than the cancellation that it caused. */
function abortReason(work: Work, error: unknown): unknown {
  if (!work.signal.aborted) return error;
  if (work.signal.reason instanceof HttpError) return work.signal.reason;
  return new HttpError('The client closed the connection.', {
    status: CLIENT_CLOSED_REQUEST,
    code: 'client_closed_request',
    cause: error,
  });
}
