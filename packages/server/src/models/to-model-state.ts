import type { KnownModelInfo } from '@mlx/engine';
import type { OpenAIModel } from '@mlx/schemas/endpoints';

const words: Record<KnownModelInfo['state'], string> = {
  unloaded: 'unloaded',
  loading: 'loading',
  ready: 'loaded',
  failed: 'failed',
};

/** Whether a model is in memory, and for how long, as the list of models tells it. */
export function toModelState(model: KnownModelInfo): Partial<OpenAIModel> {
  const { state, progress, expiresAt } = model;
  const share = progress && progress.total > 0 ? progress.done / progress.total : undefined;
  return {
    state: words[state],
    progress: share === undefined ? undefined : Math.min(1, share),
    step: progress?.message,
    active_requests: model.activeRequests,
    pinned: model.pinned,
    expires_at: expiresAt === undefined ? undefined : Math.ceil(expiresAt / 1000),
    memory_bytes: model.memoryBytes,
  };
}
