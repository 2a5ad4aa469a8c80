import { WIRE_MAX_FRAME_BYTES } from '@mlx/schemas/wire';
import { systemClock } from '../time/clock.js';
import type { Clock } from '../time/clock.js';
import { version } from '../version.js';

export interface SidecarOptions {
  command: string;
  args?: readonly string[];
  /** The whole environment of the process; default: this process's own. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Named to the sidecar in the handshake. */
  client?: { name: string; version: string };
  /** From start to the handshake's answer; any frame extends it. Default 60 s. */
  startupTimeoutMs?: number;
  /** A start that takes longer than this is worth a warning in the log; 0: never. Default 10 s. */
  slowStartMs?: number;
  /** From asking the process to leave to SIGTERM. Default 5 s. */
  shutdownTimeoutMs?: number;
  /** From SIGTERM to SIGKILL. Default 2 s. */
  killTimeoutMs?: number;
  /** How often the sidecar shows that it lives. Default 1 s. */
  heartbeatIntervalMs?: number;
  /** Silence after which it is killed. Default 10 s. */
  heartbeatTimeoutMs?: number;
  /** Busy without progress, though its heart beats: killed. Default 120 s. */
  stallTimeoutMs?: number;
  /** Longest wait for an answer, unless the call says otherwise. Default 60 s. */
  requestTimeoutMs?: number;
  /**
   * The same for `load`, without progress: once weights are read, kernels are compiled and passes
   * are tried, which takes minutes on a busy machine. Default 300 s.
   */
  loadTimeoutMs?: number;
  /** Requests that may wait for an answer; more are refused as Overloaded. Default 4096. */
  maxPendingRequests?: number;
  /** Longest frame in either direction, its newline included. Default: the protocol's own limit. */
  maxFrameBytes?: number;
  /** Requests wait while more than this is unsent. Default 1 MiB. */
  writeHighWaterBytes?: number;
  /** Tokens the sidecar may send ahead of each stream's consumer. Default 256. */
  creditWindow?: number;
  /** A consumer of a full stream that takes nothing this long is reported. Default 5 s. */
  slowConsumerThresholdMs?: number;
  /** This long: dropped. Default 60 s. */
  ackTimeoutMs?: number;
  /** How much of stderr is kept for error reports. Default 16 KiB. */
  stderrTailBytes?: number;
  /** For tests. */
  clock?: Clock;
}

export type ResolvedSidecarOptions = Required<Omit<SidecarOptions, 'cwd'>> & {
  cwd: string | undefined;
};

/** Fills in the defaults. */
export function resolveSidecarOptions(options: SidecarOptions): ResolvedSidecarOptions {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as SidecarOptions;
  return {
    args: [],
    env: process.env,
    client: { name: '@mlx/bridge', version },
    startupTimeoutMs: 60_000,
    slowStartMs: 10_000,
    shutdownTimeoutMs: 5_000,
    killTimeoutMs: 2_000,
    heartbeatIntervalMs: 1_000,
    heartbeatTimeoutMs: 10_000,
    stallTimeoutMs: 120_000,
    requestTimeoutMs: 60_000,
    loadTimeoutMs: 300_000,
    maxPendingRequests: 4096,
    maxFrameBytes: WIRE_MAX_FRAME_BYTES,
    writeHighWaterBytes: 1024 * 1024,
    creditWindow: 256,
    slowConsumerThresholdMs: 5_000,
    ackTimeoutMs: 60_000,
    stderrTailBytes: 16 * 1024,
    clock: systemClock,
    cwd: undefined,
    ...given,
  };
}
