import {
  ResponseRequestSchema,
  ResponseTokensRequestSchema,
  type ResponseRequest,
} from '@mlx/schemas/responses';
import type { BodyReader } from '../fields/body-reader.js';
import type { Background } from '../generation/answer-later.js';
import type { CallPlan, AnswerPlan } from '../generation/serve-request.js';
import type { ServingEngine } from '../serving-engine.js';
import { checkBackground, isStored } from './background.js';
import { echoOf } from './echo.js';
import { EventLog } from './event-log.js';
import { responseFieldNames } from './field-names.js';
import { fitPrompt } from './fit-prompt.js';
import { followEvents, FROM_THE_BEGINNING } from './follow-events.js';
import { newId } from './identifiers.js';
import { readIncludes } from './includes.js';
import { inputTokensFields, responseFields } from './response-fields.js';
import { placedItems, type ResponseMemory } from './response-memory.js';
import { ResponseWriter } from './response-writer.js';
import type { RemoteImages } from '../images/remote-images.js';
import type { RunningResponses } from './running-responses.js';
import { toCountRequest, toResponseParams } from './to-params.js';
import { readTools } from './tool-set.js';

/** What a client's requests share. */
export interface ResponseClient {
  readonly engine: ServingEngine;
  readonly owner: string;
  readonly memory: ResponseMemory;
  readonly running: RunningResponses;
  readonly images: RemoteImages;
}

/** The body of `POST /v1/responses` in the engine's terms. */
export function planResponse(
  body: unknown,
  reader: BodyReader,
  client: ResponseClient,
): AnswerPlan {
  const request = reader.parse(ResponseRequestSchema, responseFields, body);
  checkBackground(request);
  const stored = isStored(request);
  const tools = readTools(request.tools ?? [], reader);
  const includes = readIncludes(request.include, reader);
  const recalled = client.memory.recall(request.input, request.previous_response_id);
  const items = placedItems(recalled);
  const prompt = toResponseParams(request, { items, tools }, includes, reader);
  const id = newId('resp');
  const events = request.background && request.stream ? new EventLog() : undefined;
  const writer = new ResponseWriter({
    id,
    tools,
    logprobs: prompt.logprobs ?? false,
    reasoning: { asSummary: asksForSummary(request), sealed: includes.sealedThoughts },
    echo: async () => {
      const { samplingDefaults } = await client.engine.capabilities(request.model);
      return echoOf(request, body, samplingDefaults);
    },
    onEnd: (response) =>
      client.memory.remember(response, stored || request.store, recalled, events),
    onEvent: events && ((event) => events.add(event)),
  });
  return {
    model: request.model,
    prompts: [prompt],
    answersPerPrompt: 1,
    tenant: request.user ?? undefined,
    stream: request.stream ?? false,
    clientField: responseFieldNames(tools),
    writer,
    background: request.background ? inBackground(writer, events) : undefined,
    fit: request.truncation === 'auto' ? fitter(client.engine) : undefined,
    onStart: ({ abort, finished }) => {
      if (!stored) return;
      client.running.begin(client.owner, id, { abort, writer, events });
      void finished.finally(() => {
        client.running.end(client.owner, id);
        events?.end();
      });
    },
  };
}

function inBackground(writer: ResponseWriter, events: EventLog | undefined): Background {
  const begin = () => writer.begin();
  if (!events) return { begin, failed: (error) => writer.failed(error) };
  return {
    begin,
    failed: (error) => void writer.errorEvent(error),
    follow: ({ stallTimeoutMs }) => followEvents(events, FROM_THE_BEGINNING, stallTimeoutMs),
  };
}

/** The body of `POST /v1/responses/input_tokens`. */
export function planInputTokens(
  body: unknown,
  reader: BodyReader,
  { memory, images }: ResponseClient,
): CallPlan {
  const request = reader.parse(ResponseTokensRequestSchema, inputTokensFields, body);
  const tools = readTools(request.tools ?? [], reader);
  const items = placedItems(memory.recall(request.input, request.previous_response_id));
  const counted = toCountRequest(request, { items, tools }, reader);
  return {
    model: request.model,
    anyAdapter: true,
    asked: { prompts: [counted], clientField: responseFieldNames(tools) },
    body: async (engine, signal, { contextLength, known }, model) => {
      const asked = { ...counted, model };
      const [shown = asked] = await images.fetched([asked], known, signal);
      const read =
        request.truncation === 'auto'
          ? await fitPrompt(engine, shown, contextLength, signal)
          : shown;
      const input_tokens = await engine.countTokens(read, { signal });
      return { object: 'response.input_tokens', input_tokens };
    },
  };
}

function fitter(engine: ServingEngine): NonNullable<AnswerPlan['fit']> {
  return (prompts, { contextLength }, signal) =>
    Promise.all(prompts.map((params) => fitPrompt(engine, params, contextLength, signal)));
}

function asksForSummary({ reasoning }: ResponseRequest): boolean {
  return Boolean(reasoning?.summary ?? reasoning?.generate_summary);
}
