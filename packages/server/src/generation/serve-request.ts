import type { ModelCapabilities } from '@mlx/engine';
import type { GeneratorParams } from '@mlx/schemas';
import type { Context } from 'hono';
import { readSizedJson } from '../body/read-json.js';
import { requireShortText, withRoomForImages } from '../images/image-room.js';
import type { BodyReader } from '../fields/body-reader.js';
import type { ClientField } from '../http/client-field.js';
import { imageField } from '../images/image-field.js';
import { HttpError } from '../http/http-error.js';
import { badRequest } from '../http/parse-body.js';
import { toHttpError } from '../http/to-http-error.js';
import type { HandlerEnvironment } from '../environment.js';
import type { RouteContext } from '../route-context.js';
import type { ServingEngine } from '../serving-engine.js';
import { BodyWriter } from '../sse/body-writer.js';
import type { StartBody } from '../sse/body-sink.js';
import { KEEP_ALIVE_MS, streamedResponse } from '../sse/streamed-response.js';
import { takeKeepAlive } from '../models/keep-alive.js';
import type { NamedModel } from '../models/adapter-names.js';
import type { ServedModel } from '../models/served-models.js';
import { holdModel } from './hold-model.js';
import { unloadModel } from '../models/unload-model.js';
import type { RequestRecord } from '../watch/request-record.js';
import type { Work } from '../work-tracker.js';
import { answerLater, type Background } from './answer-later.js';
import { answersOf, type AnswersRequest } from './answers.js';
import type { AnswerWriter } from './answer-writer.js';
import { withFollowedHints } from './followed-hints.js';
import { withToolName } from './named-tool.js';
import { withinLimit } from './within-limit.js';
import type { AnswerSource } from './answer-source.js';
import { wholeAnswer } from './whole-answer.js';
import { writeStream } from './write-stream.js';

const OK = 200;
const CLIENT_CLOSED_REQUEST = 499;

type Prompts = AnswersRequest['prompts'];

/** A request body in the engine's terms, and how its answer is written. */
export interface AnswerPlan extends AnswersRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly clientField: ClientField;
  readonly writer: AnswerWriter;
  /** Answers at once with what is begun, or with its events; it goes on without its client. */
  readonly background?: Background | undefined;
  /** The prompts as the model has room for them; absent: as they are. */
  readonly fit?:
    ((prompts: Prompts, model: ServedModel, signal: AbortSignal) => Promise<Prompts>) | undefined;
  /** What of a prompt its model can read, where the API wants the rest left out. */
  readonly readable?: (
    params: GeneratorParams,
    known: ModelCapabilities | undefined,
  ) => GeneratorParams;
  /** What has to be known before the answer is written. */
  readonly prepare?: (engine: ServingEngine, signal: AbortSignal) => Promise<void>;
  /** Told of the work when it begins, for those who watch or end it from outside. */
  readonly onStart?: (work: Work) => void;
}

/** Prompts, and what the client calls what is said of them. */
interface Asked {
  readonly prompts: readonly Pick<GeneratorParams, 'messages' | 'tools'>[];
  readonly clientField: ClientField;
}

/** A request that is answered in one piece, without generating. */
export interface CallPlan {
  readonly model: string;
  /** What it wants is the same with each of the model's adapters. */
  readonly anyAdapter?: boolean;
  /** What is read of a conversation, where it is one. */
  readonly asked?: Asked;
  /** `id`: the model's own, without an adapter. */
  readonly body: (
    engine: ServingEngine,
    signal: AbortSignal,
    model: ServedModel,
    id: string,
  ) => Promise<object>;
}

/** A request that wants its model to leave memory, and is answered in one piece. */
export interface UnloadPlan {
  readonly unload: string;
  readonly answer: () => object;
}

/** Reads a body; how long the model is to stay was taken out of it. */
export type PlanRequest = (
  body: unknown,
  reader: BodyReader,
  keepAliveMs: number | undefined,
) => AnswerPlan | CallPlan | UnloadPlan;

export type RequestContext = Context<HandlerEnvironment>;

/** From body to answer: the one path of every endpoint that works with a model. */
export async function serveRequest(
  context: RequestContext,
  routes: RouteContext,
  plan: PlanRequest,
): Promise<Response> {
  const work = routes.work.start(context.req.raw.signal);
  let goesOn = false;
  let asked: Asked | undefined;
  try {
    const limits = routes.options.bodyLimits;
    const { body, bytes } = await readSizedJson(context.req.raw, withRoomForImages(limits));
    const { rest, keepAliveMs } = takeKeepAlive(body);
    const planned = plan(routes.models.withRealName(rest), context.get('reader'), keepAliveMs);
    asked = 'prompts' in planned ? planned : 'asked' in planned ? planned.asked : undefined;
    requireShortText(bytes, asked?.prompts ?? [], limits);
    const name = 'unload' in planned ? planned.unload : planned.model;
    context.get('record').model = name;
    await routes.options.readiness.waitUntilReady(routes.options.loadWaitMs, work.signal, name);
    if ('unload' in planned) {
      await unloadModel(routes, planned.unload);
      return Response.json(planned.answer());
    }
    const named = await routes.models.read(planned.model);
    if ('body' in planned && planned.anyAdapter !== true) refuseAdapter(named);
    const model = await holdModel(context, routes, work, { model: named.model, keepAliveMs });
    if ('body' in planned) {
      return Response.json(await planned.body(routes.engine, work.signal, model, named.model));
    }
    planned.onStart?.(work);
    const record = context.get('record');
    const meant = { ...planned, prompts: forModel(planned.prompts, named) };
    const honoured = honouredBy(model, meant, context.get('reader'));
    const shown = await routes.images.fetched(honoured, model.known, work.signal);
    const prompts = (await planned.fit?.(shown, model, work.signal)) ?? shown;
    const answering = { ...planned, prompts };
    asked = answering;
    const answers = answersOf(routes.engine, answering, work.signal, record.answered);
    if (planned.background) {
      goesOn = true;
      const { writer, background } = planned;
      const describe = describer(record, answering, work);
      const begun = await answerLater({ answers, writer, background, work, record, describe });
      const followed = background.follow?.(routes.options);
      return followed ? streamedResponse(context.env, followed) : Response.json(begun);
    }
    await planned.prepare?.(routes.engine, work.signal);
    await answers.begin();
    if (!planned.stream) return await wholeAnswer(planned.writer, answers);
    goesOn = true;
    record.goesOn = true;
    return streamResponse(context, routes, answering, answers, work);
  } catch (error) {
    const reason = abortReason(work, error);
    throw asked ? describeFailure(reason, asked) : reason;
  } finally {
    if (!goesOn) work.finish();
  }
}

function streamResponse(
  context: RequestContext,
  { options }: RouteContext,
  plan: AnswerPlan,
  answers: AnswerSource,
  work: Work,
): Response {
  const { writer } = plan;
  const record = context.get('record');
  const describe = describer(record, plan, work);
  const start: StartBody = (open) => {
    const body = new BodyWriter(open, {
      abort: work.abort,
      stallTimeoutMs: options.stallTimeoutMs,
      keepAliveMs: KEEP_ALIVE_MS,
      keepAliveText: () => writer.keepAliveText,
    });
    const finish = () => work.finish();
    void writeStream({ answers, writer, body, describe, finish }).finally(() => {
      if (work.signal.aborted) describe(work.signal.reason);
      record.end(OK, answers.tokens);
    });
  };
  return streamedResponse(context.env, start, writer.contentType);
}

function refuseAdapter({ model, adapter }: NamedModel): void {
  if (adapter === undefined) return;
  throw badRequest(
    `Invalid 'model': Adapters make text; '${adapter}' has no vectors and scores of its own. Name '${model}'.`,
    'invalid_parameter',
    'model',
  );
}

/** The prompts under the model's own name, and with the adapter that was named with it. */
function forModel(prompts: Prompts, { model, adapter }: NamedModel): Prompts {
  return prompts.map((prompt) =>
    adapter === undefined ? prompt : Object.assign({}, prompt, { model, adapter }),
  );
}

/** The prompts without what is accepted and has no effect with this model. */
function honouredBy(
  { known }: ServedModel,
  { prompts: asked, clientField, readable = (params) => params }: AnswerPlan,
  reader: BodyReader,
) {
  const prompts = asked.map((params) => readable(params, known));
  const followed = withFollowedHints(prompts, known, reader, clientField);
  return withinLimit(followed, reader, clientField);
}

/** Tells the client and the record alike what went wrong after the response had begun. */
function describer(record: RequestRecord, plan: AnswerPlan, work: Work) {
  return (error: unknown): HttpError => {
    const failure = describeFailure(abortReason(work, error), plan);
    record.failed(failure);
    return failure;
  };
}

function describeFailure(error: unknown, { prompts, clientField }: Asked): HttpError {
  return withToolName(toHttpError(error, imageField(clientField, prompts)), prompts);
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
