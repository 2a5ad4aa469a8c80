import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  DEFAULT_MODEL_ID,
  ensureModel,
  setupPythonEnvironment,
  type Backend,
} from '@mlx/engine/setup';
import type { Progress } from '../report/progress.ts';
import { denseWeights, type DenseType } from './dense-weights.ts';
import type { PeerEnvironment } from './peer-environment.ts';

const VERSIONS = `
from importlib.metadata import version
import platform
print(f"Python {platform.python_version()}, mlx {version('mlx')}, mlx-lm {version('mlx-lm')}")
`;

export interface Prepared {
  readonly environment: PeerEnvironment;
  readonly modelId: string;
  readonly modelDirectory: string;
  /** Backend and versions, in words. */
  readonly runtime: string;
}

/** The Python environment and weights that both sides of a run use; made when they are not there. */
export async function prepare(model: string | undefined, progress: Progress): Promise<Prepared> {
  const modelId = model ?? DEFAULT_MODEL_ID;
  const onProgress = onNewMessage(progress);
  const { python, env: variables, backend, root } = await setupPythonEnvironment({ onProgress });
  const env = { ...process.env, ...variables };
  const modelDirectory = await ensureModel(modelId, { onProgress });
  const type = computedTypes[backend];
  const cache = join(dirname(dirname(root)), 'bench');
  const peerDirectory =
    type === undefined
      ? modelDirectory
      : await denseWeights({ python, env }, modelDirectory, type, cache, progress);
  const { stdout } = await promisify(execFile)(python, ['-c', VERSIONS], { env });
  return {
    environment: { python, env, modelDirectory: peerDirectory },
    modelId,
    modelDirectory,
    runtime: `${stdout.trim()}, ${backend}`,
  };
}

/** What our runtime turns stored weights into on each backend; undefined: it keeps them. */
const computedTypes: Readonly<Record<Backend, DenseType | undefined>> = {
  apple: undefined,
  cpu: 'float32',
  cuda13: 'bfloat16',
};

/** Set-up repeats a message while it lasts; a log wants it once. */
function onNewMessage(progress: Progress): (step: { readonly message: string }) => void {
  let last = '';
  return ({ message }) => {
    if (message !== last) progress(message);
    last = message;
  };
}
