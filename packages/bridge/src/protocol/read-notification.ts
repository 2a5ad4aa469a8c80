import { HeartbeatParamsSchema, LogParamsSchema, ProgressParamsSchema } from '@mlx/schemas/wire';
import type { WireHeartbeat, WireLog, WireProgress } from '@mlx/schemas/wire';

export type Notification =
  | { method: 'heartbeat'; params: WireHeartbeat }
  | { method: 'progress'; params: WireProgress }
  | { method: 'log'; params: WireLog };

/** Validates a rare notification; undefined when it is unknown or breaks its schema. */
export function readNotification(method: string, params: unknown): Notification | undefined {
  switch (method) {
    case 'heartbeat': {
      const checked = HeartbeatParamsSchema.safeParse(params);
      return checked.success ? { method, params: checked.data } : undefined;
    }
    case 'progress': {
      const checked = ProgressParamsSchema.safeParse(params);
      return checked.success ? { method, params: checked.data } : undefined;
    }
    case 'log': {
      const checked = LogParamsSchema.safeParse(params);
      return checked.success ? { method, params: checked.data } : undefined;
    }
    default:
      return undefined;
  }
}
