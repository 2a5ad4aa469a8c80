import type {
  WireMethod,
  WireNotificationOut,
  WireNotificationOutParams,
  WireParams,
} from '@mlx/schemas/wire';
import { wellFormedJson } from './well-formed-json.js';

export function encodeRequest<M extends WireMethod>(
  id: number,
  method: M,
  params: WireParams<M>,
): string {
  return `${wellFormedJson({ jsonrpc: '2.0', id, method, params })}\n`;
}

export function encodeNotification<N extends WireNotificationOut>(
  method: N,
  params: WireNotificationOutParams<N>,
): string {
  return `${wellFormedJson({ jsonrpc: '2.0', method, params })}\n`;
}
