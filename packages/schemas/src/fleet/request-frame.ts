import * as z from 'zod';

/** What a gateway sends: a request with an id, or a notification without one. */
export const RequestFrameSchema = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.int().nonnegative().optional(),
  method: z.string().min(1).max(64),
  params: z.unknown(),
});
export type RequestFrame = z.infer<typeof RequestFrameSchema>;
