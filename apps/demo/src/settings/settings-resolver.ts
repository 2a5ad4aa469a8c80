import { zodResolver } from '@hookform/resolvers/zod';
import { zodErrorToEngineError, type ValidationErrorDetails } from '@mlx/schemas';
import type { Resolver } from 'react-hook-form';
import { SettingsSchema, type Settings } from './settings-schema.js';

const resolve = zodResolver(SettingsSchema);

/** Validates the form, with the same message at a field that the API would answer with. */
export const settingsResolver: Resolver<Settings> = async (entered, context, options) => {
  const values = withoutEmpty(entered);
  const resolved = await resolve(values, context, options);
  const messages = contractMessages(values);
  for (const [name, error] of Object.entries(resolved.errors)) {
    const message = messages.get(name);
    if (message !== undefined) error.message = message;
  }
  return resolved;
};

/** An emptied field is one that is not set. */
function withoutEmpty(values: Settings): Settings {
  const { systemPrompt, ...others } = values;
  const set = Object.entries(others).filter(([, value]: [string, unknown]) => value !== '');
  return { ...Object.fromEntries(set), systemPrompt };
}

function contractMessages(values: Settings): ReadonlyMap<string, string> {
  const { error } = SettingsSchema.safeParse(values);
  const details = error && zodErrorToEngineError(error).details;
  if (!isValidationDetails(details)) return new Map();
  return new Map(details.issues.map(({ path, message }) => [path.join('.'), message]));
}

function isValidationDetails(details: unknown): details is ValidationErrorDetails {
  return typeof details === 'object' && details !== null && 'issues' in details;
}
