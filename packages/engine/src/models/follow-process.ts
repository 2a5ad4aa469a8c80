import type { RestartNotice, Supervisor, SupervisorState } from '@mlx/bridge';
import type { EngineEmitter } from '../events/engine-emitter.js';
import { toEngineError } from '../support/errors.js';
import type { ManagedModel } from './managed-model.js';

/** Tells in the engine's events what becomes of a model's process. */
export function followProcess(
  model: ManagedModel,
  process: Supervisor,
  events: EngineEmitter,
  onState: () => void,
): void {
  let wasReady = false;
  process.on('state', (state: SupervisorState) => {
    wasReady ||= state === 'ready';
    // The first load and the unloading are told by whoever asked for them.
    if (!wasReady || state === 'stopped') return;
    if (state === 'ready') announceLoaded(model, events);
    if (state === 'failed') {
      events.announceError(toEngineError(process.failure), { model: model.id });
    }
    onState();
  });
  process.on('restart', ({ reason, attempt }: RestartNotice) => {
    events.announce('model:invalidated', {
      model: model.id,
      reason: `The runtime was lost (${reason}); restart ${attempt} is under way`,
    });
  });
}

function announceLoaded({ id, plan, facts }: ManagedModel, events: EngineEmitter): void {
  events.announce('model:loaded', {
    model: id,
    modelPath: facts?.path,
    quantization: plan.quantization,
    parameters: { weights: facts?.loaded.capabilities.weights, loadMs: facts?.loaded.loadMs },
  });
}
