import type { PullStream } from '@mlx/bridge';
import { cancelledError, EngineClientError, zodErrorToEngineError } from '@mlx/schemas';
import { wireRequests, type WireProgress, type WireTokenRow } from '@mlx/schemas/wire';
import * as z from 'zod';
import { chooseAdapter } from '../../adapters/choose-adapter.js';
import { chooseDraft } from '../../drafts/choose-draft.js';
import type { WireGenerate } from '../../generation/to-wire.js';
import type { HeldModel, LoadedModel } from '../../models/loaded-model.js';
import type { ModelRegistry } from '../../models/model-registry.js';
import type { LoadProgress } from '../../runner/runner.js';
import { CallScope } from '../../support/call-scope.js';

/** What gateways may ask of a worker's models; everything else is its owner's. */
const READS = ['tokenize', 'detokenize', 'embed', 'score', 'rerank', 'stats'] as const;
type Read = (typeof READS)[number];
const ReadSchema = z.enum(READS);

export type SessionModels = Pick<ModelRegistry, 'acquire' | 'loaded'>;

/** Carries out the requests of one session, each checked by its schema first. */
export class SessionCalls {
  readonly #models: SessionModels;
  /** Named by the first request, and never changed. */
  #model: string | undefined;

  constructor(models: SessionModels) {
    this.#models = models;
  }

  /** The result of a request that is no generation. */
  async answer(
    method: string,
    params: unknown,
    signal: AbortSignal,
    onProgress: (progress: WireProgress) => void,
  ): Promise<object> {
    switch (method) {
      case 'load':
        return this.#load(check('load', params).modelId, signal, onProgress);
      case 'initialize':
        return this.#facts(check('initialize', params).protocolVersion);
      default:
        return this.#read(method, params, signal);
    }
  }

  /** Begins to generate under a name of our own, so that gateways cannot meet each other's streams. */
  async generate(
    request: WireGenerate,
    streamId: string,
    signal: AbortSignal,
  ): Promise<PullStream<WireTokenRow>> {
    const scope = new CallScope({ signal });
    const held = await this.#hold(scope);
    const release = () => {
      held.release();
      scope[Symbol.dispose]();
    };
    if (signal.aborted) {
      release();
      throw cancelledError(signal.reason);
    }
    signal.addEventListener('abort', release, { once: true });
    const { model } = held;
    const link = await model.process.ready(signal);
    const draftModel = request.draftModel ?? chooseDraft(model, undefined);
    const adapter = chooseAdapter(model, request.adapter);
    const own = { ...request, streamId, draftModel, adapter };
    return link.generate(own, { signal: scope.signal });
  }

  async #load(
    modelId: string,
    signal: AbortSignal,
    onProgress: (progress: WireProgress) => void,
  ): Promise<object> {
    if (this.#model !== undefined && this.#model !== modelId) throw oneModelOnly(this.#model);
    this.#model = modelId;
    using scope = new CallScope({ signal });
    const held = await this.#hold(scope, (progress) => onProgress(toWireProgress(progress)));
    held.release();
    return held.model.facts.loaded;
  }

  #facts(protocolVersion: number): object {
    const { runtime } = this.#models.loaded(this.#named).facts;
    if (protocolVersion === runtime.protocolVersion) return runtime;
    throw new EngineClientError(
      'TransportError',
      `Protocol versions differ: the gateway speaks ${protocolVersion}, this worker ${runtime.protocolVersion}.`,
      { retryable: false, details: { type: 'protocol_version_mismatch' } },
    );
  }

  async #read(method: string, params: unknown, signal: AbortSignal): Promise<object> {
    const known = ReadSchema.safeParse(method);
    if (!known.success) throw notOffered(method);
    using scope = new CallScope({ signal });
    if (known.data === 'stats') return this.#look(params, scope);
    const held = await this.#hold(scope);
    try {
      return await ask(held.model, known.data, params, scope.signal);
    } finally {
      held.release();
    }
  }

  /** Statistics are no use of a model: it neither stays for them nor is loaded for them. */
  async #look(params: unknown, scope: CallScope): Promise<object> {
    const model = this.#models.loaded(this.#named);
    const release = model.watch(scope);
    try {
      return await ask(model, 'stats', params, scope.signal);
    } finally {
      release();
    }
  }

  #hold(scope: CallScope, onProgress?: (progress: LoadProgress) => void): Promise<HeldModel> {
    return this.#models.acquire(this.#named, scope, { onProgress });
  }

  get #named(): string {
    if (this.#model !== undefined) return this.#model;
    throw new EngineClientError('InvalidRequest', "A session begins with 'load'");
  }
}

/** The parameters of a method, defaults filled in; throws InvalidParams. */
export function check<Method extends keyof typeof wireRequests>(
  method: Method,
  params: unknown,
): z.output<(typeof wireRequests)[Method]['params']> {
  const checked = wireRequests[method].params.safeParse(params);
  if (!checked.success) throw zodErrorToEngineError(checked.error);
  return checked.data as z.output<(typeof wireRequests)[Method]['params']>;
}

function ask(
  { process }: LoadedModel,
  method: Read,
  params: unknown,
  signal: AbortSignal,
): Promise<object> {
  return process.request(method, check(method, params), { signal });
}

function toWireProgress({ done, total, unit }: LoadProgress): WireProgress {
  return { phase: 'load', done, total, unit };
}

function oneModelOnly(model: string): EngineClientError {
  return new EngineClientError('InvalidRequest', `This session is for the model '${model}'`);
}

function notOffered(method: string): EngineClientError {
  return new EngineClientError(
    'MethodNotFound',
    `A fleet does not offer '${method}': adapters and draft models are loaded where a worker is started.`,
    { details: { type: 'not_over_a_fleet', method } },
  );
}
