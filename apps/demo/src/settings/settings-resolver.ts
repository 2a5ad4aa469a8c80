import { zodResolver } from '@hookform/resolvers/zod';
import { zodErrorToEngineError, type ValidationErrorDetails } from '@mlx/schemas';
import type { Resolver } from 'react-hook-form';
import { SettingsSchema, type Settings } from './settings-schema.js';

const resolve = zodResolver(SettingsSchema);

/** Validates the form, with the same message at a field that the API would answer with. */
export const settingsResolver: Resolver<Settings> = async (values, context, options) => {
  const resolved = await resolve(values, context, options);
  const messages = contractMessages(values);
  for (const [name, error] of Object.entries(resolved.errors)) {
    const message = messages.get(name);
    if (message !== undefined) error.message = message;
  }
  return resolved;
};

function contractMessages(values: Settings): ReadonlyMap<string, string> {
  const { error } = SettingsSchema.safeParse(values);
  const details = error && zodErrorToEngineError(error).details;
  if (!isValidationDetails(details)) return new Map();
  return new Map(details.issues.map(({ path, message }) => [path.join('.'), message]));
}

function isValidationDetails(details: unknown): details is ValidationErrorDetails {
  return typeof details === 'object' && details !== null && 'issues' in details;
}
