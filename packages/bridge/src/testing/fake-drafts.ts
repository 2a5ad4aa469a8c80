import type { WireMethod, WireResult, wireRequests } from '@mlx/schemas/wire';
import type { z } from 'zod';
import { FAKE_VOCABULARY } from './fake-model.js';
import type { Reply } from './fake-link.js';

type Params<M extends WireMethod> = z.output<(typeof wireRequests)[M]['params']>;

const facts = {
  architecture: 'fake',
  contextLength: 1000,
  vocabSize: FAKE_VOCABULARY,
  parameterCount: 1,
};
const misfit = 'The vocabularies differ';

/** A model does not fit when its path says so. */
export function checkDraft({ path }: Params<'checkDraft'>): Reply {
  const errors = path.includes('misfit') ? [misfit] : [];
  const result: WireResult<'checkDraft'> = { ...facts, errors, warnings: [] };
  return { result };
}

export function loadDraft({ path }: Params<'loadDraft'>): Reply {
  if (path.includes('misfit')) {
    const data = { type: 'unsupported_parameter', param: 'model' };
    return { error: { code: -32602, message: misfit, data } };
  }
  const loaded = { weightBytes: 4, loadMs: 0, weights: 'float32', warnings: [] };
  const result: WireResult<'loadDraft'> = { ...facts, ...loaded };
  return { result };
}
