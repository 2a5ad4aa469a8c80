import { EngineClientError } from '@mlx/schemas';
import type { Bus } from '../nats/bus.js';

/** No worker answers for the model at this moment. */
export function noWorker(model: string, bus: Bus): EngineClientError {
  if (!bus.up) return bus.fault();
  return new EngineClientError(
    'Overloaded',
    `No worker of the fleet serves '${model}' at the moment. Try again in 1 s.`,
    { details: { type: 'no_worker', model, retryAfter: 1 } },
  );
}

/** No worker has the model, or would load it. */
export function modelAbsent(model: string, offered: readonly string[]): EngineClientError {
  const known = offered.length === 0 ? 'no worker has been heard of' : offered.join(', ');
  return new EngineClientError(
    'ModelNotLoaded',
    `No worker of the fleet offers '${model}' (offered: ${known}). Start one with it: mlx-serve worker --model ${model}`,
    { details: { type: 'not_in_the_fleet', model, offered } },
  );
}
