import * as z from 'zod';
import { EngineErrorCodeSchema } from '../errors/table.js';

/** `data` of an error that another engine passes on: what it was there. */
export const RelayedErrorSchema = z.object({
  relayed: z.object({
    code: EngineErrorCodeSchema,
    retryable: z.boolean(),
    details: z.unknown(),
  }),
});
export type RelayedError = z.infer<typeof RelayedErrorSchema>;
