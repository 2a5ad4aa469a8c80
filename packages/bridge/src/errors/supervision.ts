import { EngineClientError } from '@mlx/schemas';

/** The restart budget is used up: crashing again would not help anybody. */
export function restartBudgetExhausted(
  restarts: number,
  windowMs: number,
  cause: unknown,
): EngineClientError {
  return new EngineClientError(
    'SidecarCrashed',
    `The sidecar crashed again after ${restarts} restarts within ${windowMs / 1000} s, so restarting ` +
      'it was given up. The log says why it crashed; load its model again to start it anew.',
    { cause, retryable: false, details: { type: 'restart_budget_exhausted', restarts, windowMs } },
  );
}
