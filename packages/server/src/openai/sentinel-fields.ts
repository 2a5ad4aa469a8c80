import { honoured, isOneOf, type FieldTable } from '../fields/field-table.js';

const isNoLimit = isOneOf(-1);

const hasNoText = (value: unknown): boolean =>
  value === '' || (Array.isArray(value) && value.every((text) => text === ''));

/** Values by which clients of other local servers say nothing, or "as you like". */
export const sentinelFields: FieldTable = {
  max_completion_tokens: honoured(isNoLimit),
  max_tokens: honoured(isNoLimit),
  /** A random one. */
  seed: honoured(isOneOf(-1)),
  stop: honoured(hasNoText),
  stream_options: honoured((value) => Object.keys(Object(value)).length === 0),
  top_k: honoured(isNoLimit),
};
