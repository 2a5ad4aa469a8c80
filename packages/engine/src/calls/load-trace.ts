import type { ModelHandle } from '@mlx/schemas';
import type { LoadPlan } from '../models/load-plan.js';
import { traced } from '../tracing/tracer.js';

/** The span of a load, or of the wait for one that another call began. */
export function tracedLoad(
  { descriptor, quantization }: LoadPlan,
  load: () => Promise<ModelHandle>,
): Promise<ModelHandle> {
  const attributes = { 'mlx.model': descriptor.id, 'mlx.load.quantization': quantization };
  return traced(`mlx.load ${descriptor.id}`, attributes, async (span) => {
    const handle = await load();
    const { weights, weightBytes, loadMs } = handle.metadata ?? {};
    span.setAttribute('mlx.load.context_length', handle.contextLength);
    if (typeof weights === 'string') span.setAttribute('mlx.load.weights', weights);
    if (typeof weightBytes === 'number') span.setAttribute('mlx.load.weight_bytes', weightBytes);
    if (typeof loadMs === 'number') span.setAttribute('mlx.load.weights_seconds', loadMs / 1000);
    return handle;
  });
}
