import * as z from 'zod';
import { parseBody } from '../http/parse-body.js';
import type { StoredItem } from './response-store.js';

const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 100;

const PageSchema = z.object({
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(DEFAULT_PAGE),
  order: z.enum(['asc', 'desc']).default('desc'),
});

/**
 * One page of a response's input, the newest item first unless asked otherwise.
 *
 * @throws HttpError 400 for a query that asks for no page
 */
export function inputItemPage(input: readonly StoredItem[], query: Record<string, string>) {
  const { after, limit, order } = parseBody(PageSchema, query);
  const ordered = order === 'asc' ? input : input.toReversed();
  const start = after === undefined ? 0 : ordered.findIndex((item) => item['id'] === after) + 1;
  const data = ordered.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: start + limit < ordered.length,
  };
}
