import { EngineClientError } from '@mlx/schemas';

export interface BindRequest {
  readonly host: string;
  /** Whether clients have to send a key. */
  readonly asksForKey: boolean;
  readonly insecure: boolean;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Whoever can reach the port can use the model, so other machines need a key. */
export function requireSafeBind({ host, asksForKey, insecure }: BindRequest): void {
  if (isLoopback(host) || asksForKey || insecure) return;
  throw new EngineClientError(
    'InvalidParams',
    `Listening on ${host} would let other machines use the model. Set the environment variable ` +
      'MLX_API_KEY to a secret that they must send, name a file of keys as server.api_keys_file, ' +
      'or add --insecure if the network is trusted.',
  );
}
