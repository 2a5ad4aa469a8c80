import { EngineClientError, isEngineClientError } from '@mlx/schemas';

/** A request that was in flight for this many crashes, for the last one alone, is taken to be their cause. */
export const QUARANTINE_CRASHES = 2;

/** After so many losses that are nobody's fault an answer that can begin anew does not. */
const MOST_LOSSES = 8;

export interface RecoveryCase {
  /** What ended the request's rows. */
  readonly thrown: unknown;
  /** Crashes the request has been in flight for, this one included. */
  readonly crashes: number;
  /** Losses that it was in flight for, these and those that no request causes. */
  readonly losses: number;
  /** Nothing else was in flight. */
  readonly alone: boolean;
  /** Tokens received so far. */
  readonly tokens: number;
  /** The caller has seen some of them. */
  readonly handedOut: boolean;
  /** The caller wants the answer to go on after its tokens. */
  readonly resume: boolean;
}

/** What becomes of it: it is sent again, goes on after its tokens, or fails. */
export type Recovery =
  | { readonly outcome: 'replayed' | 'resumed' }
  | { readonly outcome: 'failed' | 'quarantined'; readonly failure: unknown };

/** How often each came of a crash. */
export type RecoveryCounts = Record<Recovery['outcome'], number>;

/** Only a crash can be recovered from, and never when the caller could see a token twice. */
export function recoveryOf(recovery: RecoveryCase): Recovery {
  const { thrown, crashes, losses, alone, tokens, handedOut, resume } = recovery;
  if (!isCrash(thrown)) return { outcome: 'failed', failure: thrown };
  if (alone && crashes >= QUARANTINE_CRASHES) {
    return { outcome: 'quarantined', failure: quarantined(crashes, thrown) };
  }
  if (losses > MOST_LOSSES) return { outcome: 'failed', failure: thrown };
  if (tokens > 0 && resume) return { outcome: 'resumed' };
  return handedOut ? { outcome: 'failed', failure: thrown } : { outcome: 'replayed' };
}

export function isCrash(thrown: unknown): boolean {
  return isEngineClientError(thrown) && thrown.code === 'SidecarCrashed';
}

/** The way to a worker of a fleet was lost, or it was told to leave: no request does that. */
export function isNobodysFault(thrown: unknown): boolean {
  if (!isEngineClientError(thrown)) return false;
  const { type, reason } = (thrown.details ?? {}) as { type?: unknown; reason?: unknown };
  return type === 'worker_lost' && (reason === 'pipe' || reason === 'stopped');
}

function quarantined(crashes: number, cause: unknown): EngineClientError {
  return new EngineClientError(
    'SidecarCrashed',
    `The runtime crashed ${crashes} times while it worked on this request, which is not tried again.`,
    { cause, retryable: false, details: { type: 'quarantined', crashes } },
  );
}
