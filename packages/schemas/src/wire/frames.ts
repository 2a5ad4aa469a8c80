import * as z from 'zod';

const JsonRpcIdSchema = z.union([z.int(), z.string()]);

export const JsonRpcErrorSchema = z.object({
  code: z.int(),
  message: z.string(),
  data: z.unknown().optional(),
});
export type JsonRpcError = z.infer<typeof JsonRpcErrorSchema>;

/** A frame that the sidecar sends: a response or a notification. */
export const IncomingFrameSchema = z.union([
  z.object({ jsonrpc: z.literal('2.0'), id: JsonRpcIdSchema, result: z.unknown() }),
  z.object({
    jsonrpc: z.literal('2.0'),
    id: JsonRpcIdSchema.nullable(),
    error: JsonRpcErrorSchema,
  }),
  z.object({ jsonrpc: z.literal('2.0'), method: z.string(), params: z.unknown() }),
]);
export type IncomingFrame = z.infer<typeof IncomingFrameSchema>;
