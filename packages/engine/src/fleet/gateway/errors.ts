import { EngineClientError } from '@mlx/schemas';
import type { Needs } from '../placing/where-to-load.js';
import type { Bus } from '../nats/bus.js';

/** No worker answers for the model at this moment. */
export function noWorker(model: string, bus: Bus, needs: Needs = {}): EngineClientError {
  if (!bus.up) return bus.fault();
  const named = needs.adapter === undefined ? model : `${model}:${needs.adapter}`;
  const does = needs.vision === true ? 'shows images to' : 'serves';
  return new EngineClientError(
    'Overloaded',
    `No worker of the fleet ${does} '${named}' at the moment. Try again in 1 s.`,
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
