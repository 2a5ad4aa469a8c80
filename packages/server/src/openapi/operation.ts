import type { z } from 'zod';

/** One route of the API as its description tells it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly request?: z.ZodType;
  readonly response: z.ZodType;
  readonly error: z.ZodType;
  readonly pathParameter?: string;
  readonly query?: z.ZodObject;
  readonly streams?: boolean;
  /** What a stream is sent as; server-sent events where absent. */
  readonly streamType?: string;
}
