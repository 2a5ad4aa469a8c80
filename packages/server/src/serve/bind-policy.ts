import { EngineClientError } from '@mlx/schemas';

export interface BindRequest {
  readonly host: string;
  readonly apiKey: string | undefined;
  readonly insecure: boolean;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Whoever can reach the port can use the model, so other machines need a key. */
export function requireSafeBind({ host, apiKey, insecure }: BindRequest): void {
  if (isLoopback(host) || apiKey !== undefined || insecure) return;
  throw new EngineClientError(
    'InvalidParams',
    `Listening on ${host} would let other machines use the model. Set the environment variable ` +
      'MLX_API_KEY to a secret that they must send, or add --insecure if the network is trusted.',
  );
}
