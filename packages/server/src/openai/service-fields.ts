import { isFalse, isOneOf, withoutEffect, type FieldTable } from '../fields/field-table.js';

/** What OpenAI's endpoints share that only concerns its service. */
export const serviceFields: FieldTable = {
  metadata: withoutEffect(),
  moderation: withoutEffect(),
  prompt_cache_key: withoutEffect(),
  prompt_cache_options: withoutEffect(),
  prompt_cache_retention: withoutEffect(),
  safety_identifier: withoutEffect(),
  service_tier: withoutEffect({ unless: isOneOf('auto', 'default') }),
  store: withoutEffect({ unless: isFalse }),
  'stream_options.include_obfuscation': withoutEffect({ unless: isFalse }),
};
