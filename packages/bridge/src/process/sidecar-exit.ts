/**
 * Why a process ended. `exit` and `signal` are its own doing (or the operating
 * system's); the others name what made the bridge kill it.
 */
export type ExitReason =
  | 'exit'
  | 'signal'
  | 'spawn'
  | 'startup-timeout'
  | 'handshake'
  | 'heartbeat'
  | 'stalled'
  | 'protocol'
  | 'pipe'
  | 'stopped';

/** One step of ending a process, in the order they were taken. */
export type KillStep = 'shutdown' | 'stdin-end' | 'SIGTERM' | 'SIGKILL';

export interface SidecarExit {
  readonly reason: ExitReason;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the command could not be started at all, when it could not. */
  readonly spawnError: Error | undefined;
  /** The last lines it wrote to stderr. */
  readonly stderrTail: string;
  readonly uptimeMs: number;
  readonly kills: readonly KillStep[];
}
