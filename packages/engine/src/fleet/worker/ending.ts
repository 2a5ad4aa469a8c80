import type { WireFinish, WireTokenRow } from '@mlx/schemas/wire';

const nothingUsed: WireFinish['usage'] = {
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  draftTokens: 0,
  draftTokensAccepted: 0,
  queueMs: 0,
  prefillMs: 0,
  decodeMs: 0,
};

/** The last row of a stream that the model does not end. */
export function ending(streamId: string, finish: Omit<WireFinish, 'usage'>): WireTokenRow {
  return { streamId, text: '', tokens: [], finish: { ...finish, usage: nothingUsed } };
}
