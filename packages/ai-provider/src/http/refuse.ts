import { UnsupportedFunctionalityError } from '@ai-sdk/provider';

/** What would change the answer is never left out in silence. */
export function refuseOverHttp(name: string): never {
  throw new UnsupportedFunctionalityError({
    functionality: `providerOptions.mlx.${name} over HTTP`,
    message: `providerOptions.mlx.${name} needs an engine in the same process: createMlx({ engine }).`,
  });
}
