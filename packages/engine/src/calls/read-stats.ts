import { NonEmptyString } from '@mlx/schemas/common';
import type { WireResult } from '@mlx/schemas/wire';
import type { ToolMismatches } from '../generation/tool-mismatches.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { EngineSettings } from '../settings.js';
import type { StatsBaseline } from '../stats/stats-baseline.js';
import { validate } from '../support/validate.js';
import { watchModel } from './call-model.js';

interface StatsServices {
  readonly models: Pick<ModelRegistry, 'loaded' | 'models'>;
  readonly settings: EngineSettings;
  readonly statsBaseline: StatsBaseline;
  readonly mismatches: ToolMismatches;
}

/** The counters of one model's process, or of every one that is ready. */
export async function collectStats(
  services: StatsServices,
  model: unknown,
  options: unknown,
): Promise<WireResult<'stats'>[]> {
  const raw = await readStats(services, model, options);
  return raw.map(({ incarnation, stats }) => services.statsBaseline.since(incarnation, stats));
}

export async function resetStats(
  services: StatsServices,
  model: unknown,
  options: unknown,
): Promise<void> {
  const raw = await readStats(services, model, options);
  for (const { incarnation, stats } of raw) services.statsBaseline.set(incarnation, stats);
  services.mismatches.reset(model === undefined ? undefined : validate(NonEmptyString, model));
}

function readStats(services: StatsServices, model: unknown, options: unknown) {
  const ids =
    model === undefined
      ? services.models.models.filter(({ state }) => state === 'ready').map(({ id }) => id)
      : [validate(NonEmptyString, model)];
  return Promise.all(
    ids.map(async (id) => {
      const stats = await watchModel(services, id, options, (process, signal) =>
        process.request('stats', {}, { signal }),
      );
      return { incarnation: services.models.loaded(id).facts, stats };
    }),
  );
}
