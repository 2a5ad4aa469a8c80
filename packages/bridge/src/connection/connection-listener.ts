import type { WireHeartbeat, WireLog, WireProgress } from '@mlx/schemas/wire';

/** What a connection tells its owner. */
export interface ConnectionListener {
  /** Any frame: the other side is alive. */
  onFrame(): void;
  /** Rows arrived: generation moves on. */
  onTokens(): void;
  onProgress(progress: WireProgress): void;
  onLog(log: WireLog): void;
  onHeartbeat(heartbeat: WireHeartbeat): void;
  onSlowConsumer(streamId: string, pausedMs: number): void;
  /** A frame longer than the limit: what follows cannot be trusted. */
  onOversizedFrame(): void;
}
