import { EngineClientError } from '@mlx/schemas';
import type { SidecarExit } from '../process/sidecar-exit.js';

/** Why a process ended, as an error so that it can be a `cause`. */
export class SidecarExitError extends Error implements SidecarExit {
  readonly reason: SidecarExit['reason'];
  readonly exitCode: SidecarExit['exitCode'];
  readonly signal: SidecarExit['signal'];
  readonly spawnError: SidecarExit['spawnError'];
  readonly stderrTail: SidecarExit['stderrTail'];
  readonly uptimeMs: SidecarExit['uptimeMs'];
  readonly kills: SidecarExit['kills'];

  constructor(exit: SidecarExit) {
    super(exit.stderrTail === '' ? describeExit(exit) : exit.stderrTail);
    this.name = 'SidecarExitError';
    this.reason = exit.reason;
    this.exitCode = exit.exitCode;
    this.signal = exit.signal;
    this.spawnError = exit.spawnError;
    this.stderrTail = exit.stderrTail;
    this.uptimeMs = exit.uptimeMs;
    this.kills = exit.kills;
  }
}

/** What calls and streams get that were running when the process ended. */
export function crashedError(exit: SidecarExit): EngineClientError {
  const { reason, exitCode, signal } = exit;
  return new EngineClientError('SidecarCrashed', `The sidecar ${describeExit(exit)}`, {
    cause: new SidecarExitError(exit),
    details: { reason, exitCode, signal },
  });
}

/** The same for a process that ended before it was ready: its last words are part of the message. */
export function startFailedError(exit: SidecarExit): EngineClientError {
  const lastLine = exit.stderrTail.trimEnd().split('\n').at(-1) ?? '';
  const detail = lastLine === '' ? '' : `: ${lastLine}`;
  return new EngineClientError(
    'SidecarCrashed',
    `The sidecar ${describeExit(exit)} before it was ready${detail}`,
    {
      cause: new SidecarExitError(exit),
      details: { reason: exit.reason, exitCode: exit.exitCode, signal: exit.signal },
    },
  );
}

function describeExit({ reason, exitCode, signal }: SidecarExit): string {
  switch (reason) {
    case 'heartbeat':
      return 'stopped answering and was killed';
    case 'stalled':
      return 'made no progress and was killed';
    case 'protocol':
      return 'broke the protocol and was killed';
    case 'startup-timeout':
      return 'did not start in time and was killed';
    case 'handshake':
      return 'failed the handshake and was killed';
    case 'pipe':
      return 'closed its pipes and was killed';
    case 'stopped':
      return 'was stopped';
    case 'exit':
      return `exited with code ${exitCode}`;
    case 'signal':
      return `was killed by ${signal}`;
    case 'spawn':
      return 'could not be started';
    default:
      return reason satisfies never;
  }
}
