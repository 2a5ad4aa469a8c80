import { NonEmptyString } from '@mlx/schemas/common';
import * as z from 'zod';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { AdapterInfo } from '../models/adapter-shelf.js';
import { locateAdapter } from '../models/load-adapters.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { ModelRegistry } from '../models/model-registry.js';
import { AdapterName } from '../models/plan-adapters.js';
import type { Runner } from '../runner/runner.js';
import type { EngineSettings } from '../settings.js';
import { LONGEST_TIMEOUT_MS } from '../support/call-options.js';
import { invalidParameter } from '../support/errors.js';
import { validate } from '../support/validate.js';
import { callModel } from './call-model.js';
import { LoadCallOptionsSchema } from './load-model.js';

interface AdapterServices {
  readonly models: Pick<
    ModelRegistry,
    'acquire' | 'isLoaded' | 'known' | 'loaded' | 'models' | 'only' | 'room'
  >;
  readonly runner: Runner;
  readonly settings: EngineSettings;
  readonly events: EngineEmitter;
}

const LoadAdapterOptionsSchema = z.strictObject({
  /** What requests call it: `adapter: name`, or `model: 'model:name'`. */
  name: AdapterName,
  /** A directory as mlx-lm or PEFT write it, or a repository. */
  path: NonEmptyString,
  revision: NonEmptyString.optional(),
  /** The loaded model; may be left out where one is loaded. */
  model: NonEmptyString.optional(),
});
export type LoadAdapterOptions = z.infer<typeof LoadAdapterOptionsSchema>;

/** `loadAdapter`: loads an adapter into the process of its model, which goes on answering. */
export async function loadAdapter(
  services: AdapterServices,
  input: unknown,
  callOptions: unknown,
): Promise<AdapterInfo> {
  const { model, ...source } = validate(LoadAdapterOptionsSchema, input);
  const { onProgress = () => {}, ...limits } = validate(LoadCallOptionsSchema, callOptions ?? {});
  if (services.runner.remote === true) throw workersOnly();
  const id = model ?? services.models.only().id;
  const target = services.models.loaded(id);
  const { name } = source;
  await target.adapters.turns.take(async () => {
    const present = target.adapters.get(name);
    if (present?.path === source.path && present.revision === source.revision) return;
    if (present) throw taken(name, id);
    await callModel(services, id, limits, load, LONGEST_TIMEOUT_MS);
  });
  return infoOf(target, name);

  async function load(process: LoadedModel['process'], signal: AbortSignal): Promise<void> {
    const { runner, settings, events, models } = services;
    const located = await locateAdapter(source, { runner, settings, signal, onProgress });
    try {
      const before = target.adapters.memoryBytes;
      const loaded = await process.request('loadAdapter', located.params, { signal });
      target.adapters.attach({ ...located, loaded });
      await models.room.grow(target, target.adapters.memoryBytes - before).catch(async (thrown) => {
        await process.request('unloadAdapter', { name }, { signal });
        throw thrown;
      });
    } catch (thrown) {
      target.adapters.detach(name);
      located.release();
      throw thrown;
    }
    const modelPath = located.params.path;
    events.announce('model:loaded', { model: `${id}:${name}`, modelPath });
  }
}

/** `unloadAdapter`: requests that run with it go on; later ones that name it are refused. */
export async function unloadAdapter(
  services: AdapterServices,
  adapter: unknown,
  model: unknown,
): Promise<void> {
  const name = validate(AdapterName, adapter);
  const id = validate(NonEmptyString.optional(), model) ?? services.models.only().id;
  if (services.runner.remote === true) throw workersOnly();
  const target = services.models.loaded(id);
  await target.adapters.turns.take(async () => {
    infoOf(target, name);
    const before = target.adapters.memoryBytes;
    // First, so that a new life of the process is not given it again.
    target.adapters.detach(name);
    await callModel(services, id, undefined, (process, signal) =>
      process.request('unloadAdapter', { name }, { signal }),
    );
    await services.models.room.grow(target, target.adapters.memoryBytes - before);
    services.events.announce('model:unloaded', { model: `${id}:${name}` });
  });
}

/** The adapters beside one model, or beside all. */
export function listAdapters(
  { models }: Pick<AdapterServices, 'models'>,
  model: unknown,
): AdapterInfo[] {
  const id = validate(NonEmptyString.optional(), model);
  const wanted = id === undefined ? models.models : [models.known(id)];
  return wanted.flatMap((each) => each.adapterInfos);
}

function infoOf(target: LoadedModel, name: string): AdapterInfo {
  const info = target.adapters.infos(target.id).find((each) => each.name === name);
  if (info) return info;
  const loaded = target.adapters.all.map((each) => each.name).join(', ') || 'none';
  throw invalidParameter('name', `'${target.id}' has no adapter '${name}'. Loaded: ${loaded}`);
}

const workersOnly = () =>
  invalidParameter(
    'adapters',
    'A worker of a fleet loads adapters when it is started: mlx-serve worker --adapter NAME=PATH',
  );

const taken = (name: string, id: string) =>
  invalidParameter('name', `'${id}' has another adapter '${name}'; call unloadAdapter first`);
