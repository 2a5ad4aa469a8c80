import * as z from 'zod';
import { NonNegativeInteger, UnknownRecord } from '../common/primitives.js';
import { Flag, Text } from '../common/shared.js';

const ComparedModelSchema = z.object({
  id: Text,
  vocabSize: NonNegativeInteger,
  parameterCount: NonNegativeInteger,
  architecture: Text,
});

/** Whether a draft model can propose tokens for a primary model. */
export const CompatibilityReportSchema = z.object({
  compatible: Flag,
  /** Reasons why it cannot work. */
  errors: z.array(Text),
  /** Reasons why it may not pay. */
  warnings: z.array(Text),
  details: z.object({
    primaryModel: ComparedModelSchema,
    draftModel: ComparedModelSchema,
    performanceEstimate: UnknownRecord.optional(),
  }),
});
export type CompatibilityReport = z.infer<typeof CompatibilityReportSchema>;
