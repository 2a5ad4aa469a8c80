import type { Context } from 'hono';
import type { HandlerEnvironment } from '../environment.js';
import type { Logger } from '../logger.js';
import type { ServedModel } from '../models/served-models.js';
import type { RouteContext } from '../route-context.js';
import type { Work } from '../work-tracker.js';

interface Wanted {
  readonly model: string;
  readonly keepAliveMs: number | undefined;
}

/** Keeps the request's model in memory until the work is finished, loaded first where it is not there. */
export async function holdModel(
  context: Context<HandlerEnvironment>,
  { models, options }: RouteContext,
  work: Work,
  { model, keepAliveMs }: Wanted,
): Promise<ServedModel> {
  const lease = await models.acquire(model, {
    signal: work.signal,
    timeoutMs: options.loadWaitMs,
    keepAliveMs,
    onProgress: stepLogger(context.get('log'), model),
  });
  if (lease) void work.finished.then(() => lease.release());
  return models.require(model, lease?.handle);
}

/** A line for each step of a load, not for each of its bytes. */
function stepLogger(log: Logger, model: string) {
  let last = '';
  return ({ message }: { readonly message: string }): void => {
    if (message === last) return;
    last = message;
    log.info({ model }, message);
  };
}
