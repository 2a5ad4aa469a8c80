import type * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { NoNames } from '../common/primitives.js';
import { integerOr } from '../common/ranges.js';
import { NoText, Off, Text } from '../common/shared.js';

/** What `mlx-serve` adds to an engine. Its options on the command line come on top. */
export const ServerConfigSchema = strictObject({
  /** The address to listen on. */
  host: Text.default('127.0.0.1'),
  /** 0 takes a free one. */
  port: integerOr(0, 65_535, 8484),
  /** Ids or directories, `name=` before them; the default model where there is none. */
  models: NoNames,
  /** A YAML file of the keys that clients may send; empty: none. */
  api_keys_file: NoText,
  /** Further names of models, such as `gpt-4o=owner/model`. */
  aliases: NoNames,
  /** Names beside loopback's own that the Host header may carry. */
  allowed_hosts: NoNames,
  /** Web origins whose pages may call the server. */
  allowed_origins: NoNames,
  /** Hosts that images may be fetched from, and ranges of private addresses they may be at. */
  image_hosts: NoNames,
  /** Refuse fields of requests that would have no effect. */
  strict: Off,
});
export type ServerConfig = z.infer<typeof ServerConfigSchema>;
