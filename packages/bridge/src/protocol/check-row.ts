import { WireFinishSchema, WirePromptUseSchema, WireToolCallSchema } from '@mlx/schemas/wire';
import type { WireTokenRow } from '@mlx/schemas/wire';
import { isRecord } from './parse-frame.js';

/** The shape of a token row, checked by hand; a row's end is rare and checked by its schema. */
export function isTokenRow(row: unknown): row is WireTokenRow {
  return (
    isRecord(row) &&
    typeof row['streamId'] === 'string' &&
    typeof row['text'] === 'string' &&
    isTokenIds(row['tokens']) &&
    (row['prompt'] === undefined || WirePromptUseSchema.safeParse(row['prompt']).success) &&
    (row['logprobs'] === undefined || Array.isArray(row['logprobs'])) &&
    (row['reasoning'] === undefined || typeof row['reasoning'] === 'string') &&
    (row['mismatch'] === undefined || typeof row['mismatch'] === 'string') &&
    (row['toolCall'] === undefined || WireToolCallSchema.safeParse(row['toolCall']).success) &&
    (row['finish'] === undefined || WireFinishSchema.safeParse(row['finish']).success)
  );
}

function isTokenIds(value: unknown): boolean {
  return Array.isArray(value) && value.every((token) => Number.isInteger(token));
}
