import {
  honoured,
  isEmpty,
  isFalse,
  isOneOf,
  refused,
  withoutEffect,
  type FieldTable,
} from '../fields/field-table.js';
import { otherServersFields } from './other-servers-fields.js';
import { sentinelFields } from './sentinel-fields.js';
import { serviceFields } from './service-fields.js';

const onlyText = (value: unknown): boolean =>
  Array.isArray(value) && value.every((modality) => modality === 'text');

/** `POST /v1/chat/completions`. */
export const chatFields: FieldTable = {
  ...sentinelFields,
  ...serviceFields,
  ...otherServersFields,
  audio: refused(),
  function_call: refused({ unless: isOneOf('none'), advice: "Use 'tool_choice'." }),
  functions: refused({ unless: isEmpty, advice: "Use 'tools'." }),
  'messages[].content[].image_url.detail': honoured(isEmpty),
  max_output_tokens: refused({ advice: "Use 'max_completion_tokens'." }),
  modalities: refused({ unless: onlyText }),
  prompt: refused({ advice: "Use 'messages'." }),
  verbosity: withoutEffect({ unless: isOneOf('medium') }),
  web_search_options: refused({ unless: isFalse }),
};
