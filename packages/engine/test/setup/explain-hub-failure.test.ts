import { expect, test } from 'vitest';
import { setupContext } from '../../src/setup/context.js';
import { explainHubFailure } from '../../src/setup/model/explain-hub-failure.js';
import { storedModel } from '../../src/setup/model/model-store.js';

const context = setupContext({ variables: { MLX_SERVE_HOME: '/srv' } });
const model = storedModel('owner/name', 'v9', context);

test.each([
  ['denied', 'hub-access-denied', 'Accept its licence on its page and set HF_TOKEN'],
  ['not-found', 'model-not-found', 'Hugging Face has no model owner/name'],
  ['revision-not-found', 'model-not-found', 'owner/name has no revision v9'],
  ['disk-full', 'disk-full', 'The disk that holds /srv is full'],
  ['unreachable', 'hub-unreachable', 'or name a local model directory'],
  ['failed', 'hub-failed', 'Downloading owner/name failed: words. Run this again to resume'],
] as const)('%s is reported as %s with a way out', (reason, reported, words) => {
  const error = explainHubFailure({ event: 'failed', reason, message: 'words' }, model, context);
  expect(error).toMatchObject({ details: { reason: reported } });
  expect(error.message).toContain(words);
  expect(error.message).not.toContain('\n');
});
