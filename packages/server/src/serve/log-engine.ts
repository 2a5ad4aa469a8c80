import type { Engine, RuntimeLog } from '@mlx/engine';
import type { EngineEvents } from '@mlx/schemas';
import type { Logger } from '../logger.js';

/** Lines of a process's last words that are worth a look. */
const LAST_LINES = 20;

/** Logs what becomes of models: lost, back, given up, unloaded. */
export function logEngine(engine: Pick<Engine, 'on'>, logger: Logger): void {
  const lost = new Set<string>();
  engine.on('model:invalidated', ({ model, reason, details }) => {
    if (details === undefined) {
      logger.warn({ model, reason }, 'model changed');
      return;
    }
    lost.add(model);
    const { stderrTail, reason: cause, ...rest } = details;
    const stderr = lastLines(stderrTail);
    logger.warn({ model, cause, ...rest, stderr }, 'model crashed and is being restarted');
  });
  engine.on('model:loaded', ({ model }) => {
    if (lost.delete(model)) logger.info({ model }, 'model is back');
  });
  engine.on('model:unloaded', ({ model }) => logger.info({ model }, 'model unloaded'));
  engine.on('error', (event) => logError(event, logger));
}

function logError({ error, context = {} }: EngineEvents['error'], logger: Logger): void {
  const { code, message: reason } = error;
  if (context['gaveUp'] === true) {
    const { model, signal, exitCode, stderrTail } = context;
    const stderr = lastLines(stderrTail);
    logger.error(
      { model, code, reason, signal, exitCode, stderr },
      'model given up: load it again, or restart the server',
    );
    return;
  }
  // Requests have a line of their own.
  if (typeof context['streamId'] === 'string') return;
  logger.warn({ ...context, code, reason }, 'engine error');
}

function lastLines(stderr: unknown): string | undefined {
  if (typeof stderr !== 'string' || stderr.trim() === '') return undefined;
  return stderr.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}

/** Hands on what the Python side logs. What libraries print, and its own log on stderr, is for the curious. */
export function runtimeLogger(logger: Logger): (log: RuntimeLog) => void {
  return ({ level, message, model, fields }) => {
    if (fields === undefined) logger.debug({ model }, message);
    else logger[level]({ model, ...fields }, message);
  };
}
