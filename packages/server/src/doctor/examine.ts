import type { PythonEnvironment } from '@mlx/engine/setup';
import { check, type Finding } from './check.js';
import { checkMemory } from './memory.js';
import { findModel, requireModel } from './model.js';
import { checkPort } from './port.js';
import { describeNode } from './node.js';
import { describeServer, findServer } from './running-server.js';
import { importMlx, requireEnvironment, requireFastBlas } from './python.js';

export interface ExamineOptions {
  readonly host: string;
  readonly port: number;
  readonly models: readonly string[];
}

/** Looks at everything that serving needs, in the order in which it is needed; changes nothing. */
export async function* examine({ host, port, models }: ExamineOptions): AsyncGenerator<Finding> {
  yield check('Node', describeNode);
  let environment: PythonEnvironment | undefined;
  yield await check('Python', async () => {
    environment = await requireEnvironment();
    return `${environment.version} for ${environment.backend} in ${environment.root}`;
  });
  if (environment) {
    const found = environment;
    yield check('MLX', () => importMlx(found));
    yield check('BLAS', () => requireFastBlas(found));
  }
  for (const model of models) {
    const found = await check('Model', () => requireModel(model));
    yield found;
    yield check('Memory', () => checkMemory(found.ok ? findModel(model) : undefined));
  }
  const server = await findServer(host, port);
  yield server
    ? check('Server', () => describeServer(server))
    : check('Port', () => checkPort(host, port));
}
