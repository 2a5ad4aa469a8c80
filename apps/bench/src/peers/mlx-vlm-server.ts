import { Agent } from 'node:http';
import getPort from 'get-port';
import type { PeerEnvironment } from '../environment/peer-environment.ts';
import { ChildGroup } from './child-group.ts';
import type { RunningServer } from './mlx-lm-server.ts';
import { waitForHttp } from './wait-for-http.ts';

const STARTUP_TIMEOUT_MS = 120_000;

/** mlx-vlm's own server with its defaults, on the same weights and BLAS as ours. */
export async function startMlxVlmServer(environment: PeerEnvironment): Promise<RunningServer> {
  const port = await getPort();
  const origin = `http://127.0.0.1:${port}`;
  const group = new ChildGroup(
    'mlx_vlm.server',
    environment.python,
    `-m mlx_vlm.server --host 127.0.0.1 --port ${port} --log-level ERROR --model`
      .split(' ')
      .concat(environment.modelDirectory),
    { env: environment.env, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  await group.started(waitForHttp(`${origin}/health`, STARTUP_TIMEOUT_MS));
  return {
    endpoint: { origin, model: environment.modelDirectory, agent },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await group[Symbol.asyncDispose]();
    },
  };
}
