import { InvalidArgumentError, type SharedV4ProviderOptions } from '@ai-sdk/provider';
import { objectOf, type Checks } from './checks.js';

/** The key under which calls have options for this provider, and answers facts of it. */
export const PROVIDER = 'mlx';

/**
 * `providerOptions.mlx`, checked.
 * @throws {InvalidArgumentError} for a name that is not known and for a value that makes no sense
 */
export function readOptions<Options extends object>(
  given: SharedV4ProviderOptions | undefined,
  checks: Checks<Options>,
): Partial<Options> {
  const options = given?.[PROVIDER];
  if (options === undefined) return {};
  const fault = objectOf(checks)(options);
  if (fault === undefined) return options as Partial<Options>;
  throw new InvalidArgumentError({
    argument: `providerOptions.${PROVIDER}`,
    message: `providerOptions.${PROVIDER}: ${fault}.`,
  });
}
