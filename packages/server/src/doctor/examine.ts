import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { listModels, resolvePythonEnvironment, type PythonEnvironment } from '@mlx/engine/setup';
import { toDescriptor } from '../serve/model-source.js';
import { check, type Finding } from './check.js';
import { checkMemory } from './memory.js';
import { checkPort } from './port.js';

const run = promisify(execFile);
const PYTHON_TIMEOUT_MS = 30_000;
const IMPORTS =
  'import mlx.core, mlx_runtime; print(mlx.core.__version__, mlx.core.default_device())';

export interface ExamineOptions {
  readonly host: string;
  readonly port: number;
  readonly model: string;
}

/** Looks at everything that serving needs, in the order in which it is needed; changes nothing. */
export async function* examine({ host, port, model }: ExamineOptions): AsyncGenerator<Finding> {
  yield check('Node', () => `${process.version} on ${process.platform} ${process.arch}`);
  let environment: PythonEnvironment | undefined;
  yield check('Python', () => {
    environment = resolvePythonEnvironment();
    return `${environment.version} for ${environment.backend} in ${environment.root}`;
  });
  if (environment) {
    const found = environment;
    yield check('MLX', () => importMlx(found));
    yield check('BLAS', () => requireFastBlas(found));
  }
  const directory = findModel(model);
  yield check('Model', () => requireModel(model, directory));
  yield check('Memory', () => checkMemory(directory));
  yield check('Port', () => checkPort(host, port));
}

async function importMlx({ python, env }: PythonEnvironment): Promise<string> {
  const { stdout } = await run(python, ['-c', IMPORTS], {
    env: { ...process.env, ...env },
    timeout: PYTHON_TIMEOUT_MS,
  });
  return stdout.trim();
}

function requireFastBlas({ fastBlas }: PythonEnvironment): string {
  if (fastBlas) return 'fast';
  throw new Error('MLX has only its slow BLAS. Run `npx mlx-engine setup` again with a network.');
}

function findModel(model: string): string | undefined {
  const { id, path, source } = toDescriptor(model);
  return source === 'local' ? path : listModels().find((local) => local.id === id)?.directory;
}

function requireModel(model: string, directory: string | undefined): string {
  if (directory !== undefined) return `${model} in ${directory}`;
  throw new Error(
    `${model} is not here yet. Serving it fetches it, or run \`npx mlx-engine setup --model ${model}\`.`,
  );
}
