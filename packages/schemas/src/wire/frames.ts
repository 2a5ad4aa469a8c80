import * as z from 'zod';
import { AnyInteger, Anything, OptionalAnything, Text, literal } from '../common/shared.js';

const JsonRpcIdSchema = z.union([AnyInteger, Text]);

export const JsonRpcErrorSchema = z.object({
  code: AnyInteger,
  message: Text,
  data: OptionalAnything,
});
export type JsonRpcError = z.infer<typeof JsonRpcErrorSchema>;

/** A frame that the sidecar sends: a response or a notification. */
export const IncomingFrameSchema = z.union([
  z.object({ jsonrpc: literal('2.0'), id: JsonRpcIdSchema, result: Anything }),
  z.object({
    jsonrpc: literal('2.0'),
    id: JsonRpcIdSchema.nullable(),
    error: JsonRpcErrorSchema,
  }),
  z.object({ jsonrpc: literal('2.0'), method: Text, params: Anything }),
]);
export type IncomingFrame = z.infer<typeof IncomingFrameSchema>;
