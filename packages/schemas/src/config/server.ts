import type * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { NoNames } from '../common/primitives.js';
import { Off } from '../common/shared.js';

/** What `mlx-serve` adds to an engine. Its options on the command line come on top. */
export const ServerConfigSchema = strictObject({
  /** Further names of models, such as `gpt-4o=owner/model`. */
  aliases: NoNames,
  /** Names beside loopback's own that the Host header may carry. */
  allowed_hosts: NoNames,
  /** Web origins whose pages may call the server. */
  allowed_origins: NoNames,
  /** Refuse fields of requests that would have no effect. */
  strict: Off,
});
export type ServerConfig = z.infer<typeof ServerConfigSchema>;
