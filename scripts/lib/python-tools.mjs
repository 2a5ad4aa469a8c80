import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsonSchemaSuite } from './json-schema-suite.mjs';
import { root, stampFolder } from './paths.mjs';
import { pythonEnvironment, runtimeEnvironment } from './python-environment.mjs';
import { capture, toolVariables } from './run.mjs';
import { StepFailed } from './step-failed.mjs';
import { sentenceEncoder } from './sentence-encoder.mjs';

const name = 'python-tools';
const requirements = join(root, 'python-runtime', 'requirements', 'dev.txt');
/** Made once, whichever steps want them at the same time. */
let tools;

/**
 * Variables for the checks of python-runtime. They run in a small environment
 * that holds the test tools and sees the sidecar's own packages through a path
 * file, so that what is tested is what is served.
 */
export function pythonTools() {
  tools ??= makeTools();
  return tools;
}

async function makeTools() {
  const runtime = await runtimeEnvironment();
  const finish = (python) => seePackages(python, runtime);
  const python = await pythonEnvironment({ name, requirements, runtime, finish });
  const path = [join(stampFolder, name, 'bin'), dirname(runtime.python), toolVariables.PATH];
  const suite = await jsonSchemaSuite(runtime.python);
  const variables = {
    PATH: path.join(':'),
    MLX_JSON_SCHEMA_SUITE: suite,
    MLX_SENTENCE_ENCODER: await sentenceEncoder(runtime.python),
  };
  return { python, env: { ...toolVariables, ...runtime.env, ...variables } };
}

async function seePackages(python, runtime) {
  const packages = await sitePackages(runtime.python);
  writeFileSync(join(await sitePackages(python), 'mlx-runtime-packages.pth'), `${packages}\n`);
}

async function sitePackages(interpreter) {
  const script = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const { code, output } = await capture(interpreter, ['-c', script]);
  if (code === 0) return output.trim();
  throw new StepFailed(`${interpreter} does not start: see the line above.`);
}
