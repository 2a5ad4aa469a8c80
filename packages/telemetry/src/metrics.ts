import type { Meter } from '@opentelemetry/api';
import type { EngineEventSource } from './event-source.js';
import { listen } from './event-source.js';

function createInstruments(meter: Meter) {
  return {
    errors: meter.createCounter('mlx_errors', { description: 'Errors by code' }),
    models: meter.createUpDownCounter('mlx_models_loaded', { description: 'Models loaded' }),
    toolMismatches: meter.createCounter('mlx_tool_mismatches', {
      description: 'Tool calls that models got wrong',
    }),
    invalidations: meter.createCounter('mlx_model_invalidations', {
      description: 'Models whose process was lost or whose files changed on disk',
    }),
    statusChanges: meter.createCounter('mlx_runtime_status_changes', {
      description: 'Changes of the runtime status, by the new status',
    }),
  };
}

/** Records what happens to models and to the engine until the returned function is called. */
export function recordMetrics(meter: Meter, source: EngineEventSource): () => void {
  const instruments = createInstruments(meter);
  /** A model that comes back after a crash is loaded again without having been unloaded. */
  const loaded = new Set<string>();

  return listen(source, {
    error: ({ error }) => instruments.errors.add(1, { code: error.code }),
    'model:loaded': ({ model }) => {
      if (!loaded.has(model)) instruments.models.add(1, { model });
      loaded.add(model);
    },
    'model:unloaded': ({ model }) => {
      if (loaded.delete(model)) instruments.models.add(-1, { model });
    },
    'model:invalidated': ({ model }) => instruments.invalidations.add(1, { model }),
    'tool:mismatch': ({ model }) => instruments.toolMismatches.add(1, { model }),
    'runtime:status': ({ status }) => instruments.statusChanges.add(1, { status }),
  });
}
