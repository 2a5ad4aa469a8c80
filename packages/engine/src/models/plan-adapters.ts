import type { LoadModelOptionsInput } from '@mlx/schemas';
import { NonEmptyString } from '@mlx/schemas/common';
import * as z from 'zod';
import { validate } from '../support/validate.js';
import type { AdapterSource } from './adapter-shelf.js';

/** Behind the name of a model and a colon, so it holds neither a colon nor a slash. */
export const AdapterName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,127}$/, 'Must match [A-Za-z0-9][A-Za-z0-9_.-]*');

const WithAdaptersSchema = z.looseObject({
  /** Directories or repositories of adapters by the names that requests use. */
  adapters: z.record(AdapterName, NonEmptyString).optional(),
});

/** What callers may pass to load a model: the options, or just the model. */
export type LoadModelInput =
  | LoadModelOptionsInput
  | (Exclude<LoadModelOptionsInput, string> & z.input<typeof WithAdaptersSchema>);

/** The adapters that are to be loaded together with a model, and the other options of its load. */
export function takeAdapters(input: unknown): {
  readonly adapters?: readonly AdapterSource[];
  readonly rest: unknown;
} {
  if (typeof input !== 'object' || input === null) return { rest: input };
  const { adapters, ...rest } = validate(WithAdaptersSchema, input);
  if (adapters === undefined) return { rest };
  return { adapters: Object.entries(adapters).map(([name, path]) => ({ name, path })), rest };
}
