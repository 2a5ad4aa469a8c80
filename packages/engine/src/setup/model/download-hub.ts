import { mkdirSync } from 'node:fs';
import type { SetupContext } from '../context.js';
import { modelError } from '../errors.js';
import { explainWriteFailure, lastLines } from '../install/explain-failure.js';
import { runCommand } from '../process/run-command.js';
import { runtimeCommand } from '../python/runtime-command.js';
import { explainHubFailure } from './explain-hub-failure.js';
import { followDownload } from './follow-download.js';
import type { ModelRules } from './validate-model-directory.js';
import { writeProvenance } from '../store/provenance.js';
import type { StoredModel } from './model-store.js';

/** Download a model's files into its partial folder, resuming what is there. */
export async function downloadHub(
  model: StoredModel,
  root: string,
  context: SetupContext,
  lock: number,
  { verifyChecksums = true }: ModelRules,
): Promise<void> {
  if (context.variables['HF_HUB_OFFLINE'] === '1') {
    throw modelError(
      'hub-unreachable',
      `${model.id} is not here and HF_HUB_OFFLINE forbids to fetch it. Unset it, or name a local model directory`,
    );
  }
  preparePartial(model, context);
  context.onProgress({ step: 'model', message: `Asking Hugging Face for ${model.id}` });
  const revision = model.revision ? ['--revision', model.revision] : [];
  const unverified = verifyChecksums ? [] : ['--unverified'];
  const args = ['hub', model.id, model.partial, ...revision, ...unverified];
  const command = runtimeCommand(root, context, args);
  const download = followDownload(model, context);
  const result = await runCommand(command, {
    signal: AbortSignal.any([download.silence, ...(context.signal ? [context.signal] : [])]),
    inherit: lock,
    onLine: download.take,
  })
    .catch((error: unknown) => {
      if (!download.silence.aborted || context.signal?.aborted) throw error;
      const message = 'no answer within 8 seconds';
      throw explainHubFailure({ event: 'failed', reason: 'unreachable', message }, model, context);
    })
    .finally(download.close);
  const last = download.lastEvent();
  if (last?.event === 'failed') throw explainHubFailure(last, model, context);
  if (last?.event !== 'done') {
    const message = lastLines(result.stderr, 1) || 'it ended early';
    throw explainHubFailure({ event: 'failed', reason: 'failed', message }, model, context);
  }
  await writeProvenance(model.partial, {
    kind: 'huggingface',
    source: model.id,
    commit: download.commit(),
  });
}

function preparePartial({ partial }: StoredModel, { home }: SetupContext): void {
  try {
    mkdirSync(partial, { recursive: true });
  } catch (error) {
    throw explainWriteFailure(error, home);
  }
}
