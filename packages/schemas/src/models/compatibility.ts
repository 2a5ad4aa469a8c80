import * as z from 'zod';
import { NonNegativeInteger, OptionalRecord } from '../common/primitives.js';
import { Flag, Text, TextList } from '../common/shared.js';

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
  errors: TextList,
  /** Reasons why it may not pay. */
  warnings: TextList,
  details: z.object({
    primaryModel: ComparedModelSchema,
    draftModel: ComparedModelSchema,
    performanceEstimate: OptionalRecord,
  }),
});
export type CompatibilityReport = z.infer<typeof CompatibilityReportSchema>;
