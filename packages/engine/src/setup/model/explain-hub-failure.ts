import type { SetupContext } from '../context.js';
import { modelError } from '../errors.js';
import { explainWriteFailure } from '../install/explain-failure.js';
import type { HubEvent } from './follow-download.js';
import type { StoredModel } from './model-store.js';

type Failed = Extract<HubEvent, { event: 'failed' }>;

/** One line about a failed download that says what to do. */
export function explainHubFailure(failed: Failed, model: StoredModel, { home }: SetupContext) {
  const cause = new Error(failed.message);
  switch (failed.reason) {
    case 'denied':
      return modelError(
        'hub-access-denied',
        `Hugging Face does not let you download ${model.id}. Accept its licence on its page and set HF_TOKEN to your access token`,
        cause,
      );
    case 'not-found':
      return modelError(
        'model-not-found',
        `Hugging Face has no model ${model.id}, or it is private: check the name, or set HF_TOKEN`,
        cause,
      );
    case 'revision-not-found':
      return modelError(
        'model-not-found',
        `${model.id} has no revision ${model.revision}: check the branch, tag or commit`,
        cause,
      );
    case 'disk-full':
      return explainWriteFailure(new Error('No space left on device', { cause }), home);
    case 'unreachable':
      return modelError(
        'hub-unreachable',
        `Hugging Face cannot be reached for ${model.id}. Check the network and proxy (HTTPS_PROXY, HF_ENDPOINT), or name a local model directory`,
        cause,
      );
    case 'failed':
      return modelError(
        'hub-failed',
        `Downloading ${model.id} failed: ${failed.message}. Run this again to resume`,
        cause,
      );
    default:
      return failed.reason satisfies never;
  }
}
