import {
  isFalse,
  isOneOf,
  refused,
  withoutEffect,
  type FieldTable,
} from '../fields/field-table.js';

/** How the runtime behind the API is set up, which is decided when this server starts. */
const runtimeOptions = [
  'embedding_only',
  'f16_kv',
  'logits_all',
  'low_vram',
  'main_gpu',
  'num_batch',
  // The model's own context length applies; a prompt beyond it is refused.
  'num_ctx',
  'num_gpu',
  'num_keep',
  'num_thread',
  'numa',
  'use_mlock',
  'use_mmap',
  'vocab_only',
];

const optionFields: FieldTable = {
  ...Object.fromEntries(runtimeOptions.map((name) => [`options.${name}`, withoutEffect()])),
  'options.mirostat': refused({ unless: isOneOf(0) }),
  'options.mirostat_eta': withoutEffect(),
  'options.mirostat_tau': withoutEffect(),
  'options.penalize_newline': refused({ unless: isOneOf(true) }),
  'options.tfs_z': refused({ unless: isOneOf(1) }),
  'options.typical_p': refused({ unless: isOneOf(1) }),
};

const sharedFields: FieldTable = {
  ...optionFields,
  // What would have to be cut is refused instead.
  shift: withoutEffect({ unless: isFalse }),
  truncate: withoutEffect({ unless: isFalse }),
};

/** `POST /api/chat`. */
export const ollamaChatFields: FieldTable = sharedFields;

/** `POST /api/generate`. */
export const ollamaGenerateFields: FieldTable = {
  ...sharedFields,
  context: refused({ advice: 'Send the earlier turns to /api/chat.' }),
  height: withoutEffect(),
  steps: withoutEffect(),
  suffix: refused({ unless: isOneOf('') }),
  template: refused({ unless: isOneOf(''), advice: "Use 'raw' with a prompt of your own." }),
  width: withoutEffect(),
};

/** `POST /api/embed` and `POST /api/embeddings`. */
export const ollamaEmbedFields: FieldTable = {
  ...sharedFields,
  options: withoutEffect(),
};
