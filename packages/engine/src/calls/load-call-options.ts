import * as z from 'zod';
import type { LoadProgress } from '../runner/runner.js';
import { CallOptionsSchema } from '../support/call-options.js';

export const LoadCallOptionsSchema = CallOptionsSchema.extend({
  /** Told how far fetching and loading are. */
  onProgress: z
    .custom<(progress: LoadProgress) => void>((value) => typeof value === 'function', {
      error: 'Expected a function',
    })
    .optional(),
});
export type LoadCallOptions = z.infer<typeof LoadCallOptionsSchema>;
