import { join } from 'node:path';
import type { SetupContext } from '../context.js';
import { runCommand, type Command } from '../process/run-command.js';
import { runtimeCommand } from '../python/runtime-command.js';
import type { EnvironmentSpec } from './environment-spec.js';
import type { EnvironmentStamp } from './environment-stamp.js';
import { lastLines } from './explain-failure.js';
import type { Installer } from './installer.js';

/**
 * Put a fast BLAS beside the environment where the backend wants one. It makes
 * things faster and nothing else, so its absence is reported, not thrown.
 */
export async function prepareBlas(
  spec: EnvironmentSpec,
  root: string,
  installer: Installer,
  context: SetupContext,
  lock: number,
): Promise<EnvironmentStamp['blas']> {
  if (!spec.blasRequirements) return null;
  context.onProgress({ step: 'blas', message: 'Preparing the fast BLAS' });
  const library = join(root, 'lib', 'libopenblas.so');
  const commands: Command[] = [
    installer.install(root, spec.blasRequirements),
    runtimeCommand(root, context, ['blas', library]),
  ];
  for (const command of commands) {
    const result = await runCommand(command, { signal: context.signal, inherit: lock });
    if (result.exitCode !== 0) return withoutBlas(lastLines(result.stderr, 1), context);
  }
  return { library };
}

function withoutBlas(missing: string, { onProgress }: SetupContext) {
  onProgress({
    step: 'blas',
    message: `No fast BLAS here (${missing}); all works, but slowly. \`mlx-engine setup --force\` tries again`,
  });
  return { missing };
}
