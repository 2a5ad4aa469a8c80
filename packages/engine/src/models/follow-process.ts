import type { RestartNotice, Supervisor, SupervisorState } from '@mlx/bridge';
import type { WireLog } from '@mlx/schemas/wire';
import type { EngineOptions } from '../engine-options.js';
import type { EngineEmitter } from '../events/engine-emitter.js';
import { toEngineError } from '../support/errors.js';
import type { ManagedModel } from './managed-model.js';

interface Followers {
  readonly events: EngineEmitter;
  readonly onLog: EngineOptions['onLog'];
  readonly onState: () => void;
}

/** Tells in the engine's events what becomes of a model's process. */
export function followProcess(
  model: ManagedModel,
  process: Supervisor,
  { events, onLog, onState }: Followers,
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
  if (onLog === undefined) return;
  process.on('log', (log: WireLog) => onLog({ ...log, model: model.id }));
  process.on('stderr', (message: string) => onLog({ level: 'info', message, model: model.id }));
}

function announceLoaded({ id, plan, facts }: ManagedModel, events: EngineEmitter): void {
  events.announce('model:loaded', {
    model: id,
    modelPath: facts?.path,
    quantization: plan.quantization,
    parameters: { weights: facts?.loaded.capabilities.weights, loadMs: facts?.loaded.loadMs },
  });
}
