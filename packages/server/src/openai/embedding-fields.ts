import {
  honoured,
  isFalse,
  isOneOf,
  refused,
  withoutEffect,
  type FieldTable,
} from '../fields/field-table.js';
import { serviceFields } from './service-fields.js';

/** `POST /v1/embeddings`. All requests share the same passes, whoever the user is. */
export const embeddingFields: FieldTable = {
  ...serviceFields,
  input_type: withoutEffect(),
  truncate: withoutEffect({ unless: isFalse }),
  user: withoutEffect(),
};

/** What rerankers take beyond the texts: `POST /v1/rerank`. */
export const rerankFields: FieldTable = {
  ...serviceFields,
  max_chunks_per_doc: withoutEffect(),
  max_tokens_per_doc: withoutEffect(),
  rank_fields: refused(),
  /** All of them. */
  top_n: honoured(isOneOf(0)),
  truncate: withoutEffect({ unless: isFalse }),
  user: withoutEffect(),
};
