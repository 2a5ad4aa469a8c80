export { Sidecar } from './sidecar/sidecar.js';
export type { GenerateRequest, SidecarMethod } from './sidecar/sidecar.js';
export type { SidecarEvents, SidecarState } from './sidecar/sidecar-events.js';
export type { SidecarOptions } from './sidecar/sidecar-options.js';
export type { SidecarStats } from './sidecar/sidecar-events.js';
export { SparePool } from './supervisor/spare-pool.js';
export { Supervisor } from './supervisor/supervisor.js';
export type { SupervisorState } from './supervisor/state-table.js';
export type {
  CrashReason,
  RestartNotice,
  SupervisorEvents,
} from './supervisor/supervisor-events.js';
export type { StartContext, SupervisorOptions } from './supervisor/supervisor-options.js';
export { newCrashCounts } from './supervisor/supervisor-stats.js';
export type { CrashCounts, SupervisorStats } from './supervisor/supervisor-stats.js';
export type { RequestOptions } from './connection/connection-options.js';
export { Connection } from './connection/connection.js';
export type { ConnectionListener } from './connection/connection-listener.js';
export { addCounters, newCounters } from './connection/counters.js';
export type { ConnectionCounters } from './connection/counters.js';
export type { FrameSink } from './connection/frame-writer.js';
export { GuardedEmitter } from './events/guarded-emitter.js';
export { LineDecoder } from './framing/line-decoder.js';
export { SidecarExitError } from './errors/crashed.js';
export { errorFromWire } from './errors/from-wire.js';
export type { ExitReason, KillStep, SidecarExit } from './process/sidecar-exit.js';
export type { CircuitBreakerOptions, CircuitState } from './resilience/circuit-breaker.js';
export type { RetryOptions } from './resilience/retry.js';
export { ConsumerWatch } from './stream/consumer-watch.js';
export type { Watched, WatchOptions } from './stream/consumer-watch.js';
export { LifeCycle } from './stream/life-cycle.js';
export { PullStream } from './stream/pull-stream.js';
export type { PullSource } from './stream/pull-stream.js';
export type { StreamOptions } from './stream/stream-host.js';
export { systemClock } from './time/clock.js';
export { sleep } from './time/sleep.js';
export type { Clock } from './time/clock.js';
export { noStats } from './protocol/no-stats.js';
export { wellFormedJson } from './protocol/well-formed-json.js';
