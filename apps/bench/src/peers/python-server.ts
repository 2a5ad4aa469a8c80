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

interface PythonServer {
  readonly name: string;
  /** What `python -m` runs. */
  readonly module: readonly string[];
  /** What requests call the model. */
  readonly model: string;
}

/** A peer's own server with its defaults, on the same weights and BLAS as ours. */
async function startPythonServer(
  environment: PeerEnvironment,
  { name, module, model }: PythonServer,
): Promise<RunningServer> {
  const port = await getPort();
  const origin = `http://127.0.0.1:${port}`;
  const options = `--host 127.0.0.1 --port ${port} --log-level ERROR --model`.split(' ');
  const group = new ChildGroup(
    name,
    environment.python,
    ['-m', ...module, ...options, environment.modelDirectory],
    { env: environment.env, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  await group.started(waitForHttp(`${origin}/health`, STARTUP_TIMEOUT_MS));
  return {
    endpoint: { origin, model, agent },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await group[Symbol.asyncDispose]();
    },
  };
}

export function startMlxLmServer(environment: PeerEnvironment): Promise<RunningServer> {
  const server = { name: 'mlx_lm.server', module: ['mlx_lm', 'server'], model: 'default_model' };
  return startPythonServer(environment, server);
}

export function startMlxVlmServer(environment: PeerEnvironment): Promise<RunningServer> {
  const model = environment.modelDirectory;
  return startPythonServer(environment, {
    name: 'mlx_vlm.server',
    module: ['mlx_vlm.server'],
    model,
  });
}
