import {
  isFalse,
  isOneOf,
  refused,
  withoutEffect,
  type FieldTable,
} from '../fields/field-table.js';

const USE_RESPONSE_FORMAT = { advice: "Use 'response_format'." };

/** What other local servers take beyond OpenAI's API, with the values that are off. */
export const otherServersFields: FieldTable = {
  add_generation_prompt: refused({
    unless: isOneOf(true, false),
    advice: "Use 'continue_final_message'.",
  }),
  bad_words: refused({ advice: "Use 'logit_bias'." }),
  cache_prompt: withoutEffect(),
  chat_template: refused({ unless: isOneOf('') }),
  dry_multiplier: refused({ unless: isOneOf(0) }),
  dynatemp_range: refused({ unless: isOneOf(0) }),
  grammar: refused({ unless: isOneOf(''), ...USE_RESPONSE_FORMAT }),
  guided_choice: refused(USE_RESPONSE_FORMAT),
  guided_grammar: refused(USE_RESPONSE_FORMAT),
  guided_json: refused(USE_RESPONSE_FORMAT),
  guided_regex: refused(USE_RESPONSE_FORMAT),
  ignore_eos: refused({ unless: isFalse }),
  json_schema: refused(USE_RESPONSE_FORMAT),
  length_penalty: refused({ unless: isOneOf(1) }),
  min_tokens: refused({ unless: isOneOf(0) }),
  mirostat: refused({ unless: isOneOf(0) }),
  n_predict: refused({ unless: isOneOf(-1), advice: "Use 'max_tokens'." }),
  num_ctx: withoutEffect(),
  num_predict: refused({ unless: isOneOf(-1), advice: "Use 'max_tokens'." }),
  repeat_penalty: refused({ unless: isOneOf(1), advice: "Use 'repetition_penalty'." }),
  structured_outputs: refused(USE_RESPONSE_FORMAT),
  'stream_options.continuous_usage_stats': withoutEffect({ unless: isFalse }),
  tfs_z: refused({ unless: isOneOf(1) }),
  truncate_prompt_tokens: refused(),
  typical_p: refused({ unless: isOneOf(1) }),
  use_beam_search: refused({ unless: isFalse }),
  xtc_probability: refused({ unless: isOneOf(0) }),
};
