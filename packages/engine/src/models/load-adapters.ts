import { isEngineClientError, type EngineClientError } from '@mlx/schemas';
import type { WireParams } from '@mlx/schemas/wire';
import type { ModelLink } from '../runner/model-process.js';
import type { LoadProgress, Runner } from '../runner/runner.js';
import type { EngineSettings } from '../settings.js';
import { toEngineError } from '../support/errors.js';
import type { AdapterSource } from './adapter-shelf.js';
import { locate } from './locate.js';
import type { ManagedModel } from './managed-model.js';

interface LocateContext {
  readonly runner: Runner;
  readonly settings: EngineSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** An adapter whose files are here, and what lets them go again. */
export interface LocatedAdapter extends AdapterSource {
  readonly params: WireParams<'loadAdapter'>;
  readonly release: () => void;
}

export async function locateAdapter(
  source: AdapterSource,
  context: LocateContext,
): Promise<LocatedAdapter> {
  const { name, path, revision } = source;
  const files = new AbortController();
  const release = () => files.abort();
  try {
    const wanted = { kind: 'adapter', descriptor: { path }, revision } as const;
    const directory = await locate(wanted, context, files.signal);
    return { ...source, params: { name, path: directory }, release };
  } catch (thrown) {
    release();
    throw thrown;
  }
}

/** Loads a model's adapters for the first time: one that cannot be loaded fails the model's load. */
export async function loadAdapters(
  { adapters }: ManagedModel,
  located: readonly LocatedAdapter[],
  sidecar: ModelLink,
  signal: AbortSignal,
): Promise<void> {
  for (const adapter of located) {
    const loaded = await sidecar.request('loadAdapter', adapter.params, { signal });
    adapters.attach({ ...adapter, loaded });
  }
}

/** A process without one of its adapters is better than none: requests for it are refused. */
export async function loadAdaptersAgain(
  { adapters }: ManagedModel,
  sidecar: ModelLink,
  signal: AbortSignal,
  onLost: (adapter: string, error: EngineClientError) => void,
): Promise<void> {
  for (const adapter of adapters.all) {
    try {
      const loaded = await sidecar.request('loadAdapter', adapter.params, { signal });
      adapters.attach({ ...adapter, loaded });
    } catch (thrown) {
      if (sidecar.state !== 'ready' || !isEngineClientError(thrown)) throw thrown;
      adapters.detach(adapter.name);
      onLost(adapter.name, toEngineError(thrown));
    }
  }
}
