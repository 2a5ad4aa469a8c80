// `npm test`: set up whatever is missing, then prove everything. `--only <step>` runs one.
import { bootstrap } from './lib/bootstrap.mjs';
import { requireNode } from './lib/require-node.mjs';
import { toolVariables } from './lib/run.mjs';
import { runSteps } from './lib/run-steps.mjs';
import { StepFailed } from './lib/step-failed.mjs';
import { withTemporaryFolder } from './lib/temporary-folder.mjs';
import { testSteps } from './lib/test-steps.mjs';

requireNode();
// The tests themselves keep a core busy, and threads of one product that have to
// wait for a core make it many times slower than a single thread does.
toolVariables.OPENBLAS_NUM_THREADS ??= '1';
try {
  const only = chosenSteps(process.argv.slice(2));
  await bootstrap({ vision: true });
  const steps = testSteps.filter(({ name }) => only.includes(name));
  process.exitCode = await withTemporaryFolder(() => runSteps(steps));
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

function chosenSteps(args) {
  const names = testSteps.map(({ name }) => name);
  const [flag, ...wanted] = args;
  if (flag === undefined) return names;
  const unknown = wanted.find((name) => !names.includes(name));
  if (flag === '--only' && wanted.length > 0 && unknown === undefined) return wanted;
  throw new StepFailed(`Usage: npm test -- --only <step>…\nSteps: ${names.join(', ')}`);
}
