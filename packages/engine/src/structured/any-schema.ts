import type * as z from 'zod';

/** Any zod schema of version 4, classic or mini, also of another copy of zod. */
export type AnySchema = z.core.$ZodType;

/** JSON Schema as zod writes it. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;
