import { join } from 'node:path';
import { root } from './paths.mjs';
import { pythonEnvironment, runtimeEnvironment } from './python-environment.mjs';

/** Makes the environment of the Python clients that `apps/clients` runs. */
export async function pythonClients() {
  const requirements = join(root, 'apps', 'clients', 'python', 'requirements.txt');
  const runtime = await runtimeEnvironment();
  return pythonEnvironment({ name: 'python-clients', requirements, runtime });
}
