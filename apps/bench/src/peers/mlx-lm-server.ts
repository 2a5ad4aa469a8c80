import { Agent } from 'node:http';
import getPort from 'get-port';
import type { Endpoint } from '../client/endpoint.ts';
import type { PeerEnvironment } from '../environment/peer-environment.ts';
import { ChildGroup } from './child-group.ts';
import { waitForHttp } from './wait-for-http.ts';

const STARTUP_TIMEOUT_MS = 120_000;

export interface RunningServer extends AsyncDisposable {
  readonly endpoint: Endpoint;
}

/** mlx-lm's own server with its defaults, on the same weights and BLAS as ours. */
export async function startMlxLmServer(environment: PeerEnvironment): Promise<RunningServer> {
  const port = await getPort();
  const origin = `http://127.0.0.1:${port}`;
  const group = new ChildGroup(
    'mlx_lm.server',
    environment.python,
    `-m mlx_lm server --host 127.0.0.1 --port ${port} --log-level ERROR --model`
      .split(' ')
      .concat(environment.modelDirectory),
    { env: environment.env, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  await group.started(waitForHttp(`${origin}/health`, STARTUP_TIMEOUT_MS));
  return {
    endpoint: { origin, model: 'default_model', agent },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await group[Symbol.asyncDispose]();
    },
  };
}
