// `npm start`: set up whatever is missing, then serve the default model with its page.
import { bootstrap } from './lib/bootstrap.mjs';
import { requireNode } from './lib/require-node.mjs';
import { pinnedNode } from './lib/paths.mjs';
import { serve } from './lib/serve.mjs';
import { startArguments } from './lib/start-arguments.mjs';
import { StepFailed } from './lib/step-failed.mjs';

requireNode();
try {
  await bootstrap();
  process.exitCode = await serve(pinnedNode, startArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
