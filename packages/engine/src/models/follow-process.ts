import type { RestartNotice, SidecarExit, SupervisorState } from '@mlx/bridge';
import type { WireLog } from '@mlx/schemas/wire';
import type { EngineOptions } from '../engine-options.js';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { ModelProcess } from '../runner/model-process.js';
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
  process: ModelProcess,
  { events, onLog, onState }: Followers,
): void {
  let wasReady = false;
  let exit: SidecarExit | undefined;
  process.on('state', (state: SupervisorState) => {
    wasReady ||= state === 'ready';
    // The first load and the unloading are told by whoever asked for them.
    if (!wasReady || state === 'stopped') return;
    if (state === 'ready') {
      model.restarts.ended();
      announceLoaded(model, events);
    }
    if (state === 'failed') giveUp(model, process, events, exit);
    onState();
  });
  process.on('exit', (ended: SidecarExit) => {
    exit = ended;
  });
  process.on('restart', ({ reason, attempt }: RestartNotice) => {
    model.restarts.began({ reason, attempt, signal: exit?.signal });
    events.announce('model:invalidated', {
      model: model.id,
      reason: `The runtime was lost (${reason}); restart ${attempt} is under way`,
      details: { reason, attempt, ...lastWords(exit) },
    });
  });
  if (onLog === undefined) return;
  process.on('log', (log: WireLog) => onLog({ ...log, model: model.id }));
  process.on('stderr', (message: string) => onLog({ level: 'info', message, model: model.id }));
}

/** Nothing brings the model back but a fresh start. */
function giveUp(
  model: ManagedModel,
  { failure }: ModelProcess,
  events: EngineEmitter,
  exit: SidecarExit | undefined,
): void {
  const error = toEngineError(failure);
  model.restarts.ended(error);
  events.announceError(error, { model: model.id, gaveUp: true, ...lastWords(exit) });
}

/** How a process ended, for whoever reads events or logs. */
function lastWords(exit: SidecarExit | undefined): Record<string, unknown> {
  if (exit === undefined) return {};
  const { signal, exitCode, stderrTail } = exit;
  return { signal, exitCode, stderrTail };
}

function announceLoaded({ id, plan, facts }: ManagedModel, events: EngineEmitter): void {
  events.announce('model:loaded', {
    model: id,
    modelPath: facts?.path,
    quantization: plan.quantization,
    parameters: { weights: facts?.loaded.capabilities.weights, loadMs: facts?.loaded.loadMs },
  });
}
