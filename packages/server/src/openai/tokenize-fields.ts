import { refused, type FieldTable } from '../fields/field-table.js';

/** `POST /v1/tokenize`. */
export const tokenizeFields: FieldTable = {
  messages: refused({ advice: 'POST /v1/messages/count_tokens counts those of a conversation.' }),
};
