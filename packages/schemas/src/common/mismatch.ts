import * as z from 'zod';
import { openObject } from './objects.js';
import { OptionalText, Text } from './shared.js';

/** What does not follow a schema that could not be held while it was written. */
const MismatchSchema = openObject({
  /** The function that was called; absent for the answer itself. */
  tool: OptionalText,
  reason: Text,
});
export type Mismatch = z.infer<typeof MismatchSchema>;

/** Absent where everything follows its schema. */
export const OptionalMismatches = z.array(MismatchSchema).optional();
