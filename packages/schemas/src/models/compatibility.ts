import * as z from 'zod';
import { NonNegativeInteger, UnknownRecord } from '../common/primitives.js';

const ComparedModelSchema = z.object({
  id: z.string(),
  vocabSize: NonNegativeInteger,
  parameterCount: NonNegativeInteger,
  architecture: z.string(),
});

/** Whether a draft model can propose tokens for a primary model. */
export const CompatibilityReportSchema = z.object({
  compatible: z.boolean(),
  /** Reasons why it cannot work. */
  errors: z.array(z.string()),
  /** Reasons why it may not pay. */
  warnings: z.array(z.string()),
  details: z.object({
    primaryModel: ComparedModelSchema,
    draftModel: ComparedModelSchema,
    performanceEstimate: UnknownRecord.optional(),
  }),
});
export type CompatibilityReport = z.infer<typeof CompatibilityReportSchema>;
