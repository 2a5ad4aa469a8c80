import { dirname, resolve } from 'node:path';
import { configError, readConfigFile, type ConfigFile } from '@mlx/config';
import type { FleetOptionsInput } from '@mlx/engine/fleet';
import { EngineClientError, zodErrorToEngineError } from '@mlx/schemas';
import type { ValidationErrorDetails } from '@mlx/schemas';
import { toCamelKeys } from '@mlx/schemas/conventions';
import { FleetOptionsSchema } from '@mlx/schemas/fleet';

/** Options whose values are paths, which start where the file is that names them. */
const PATHS = [
  'tokenFile',
  'nkeySeedFile',
  'credentialsFile',
  'passwordFile',
  'promptKeyFile',
] as const;

/**
 * What `--fleet` names: the address of a NATS server, or a YAML file with the options of the
 * connection. @throws EngineClientError InvalidParams with file, line and column of each fault
 */
export function readFleet(given: string): FleetOptionsInput {
  if (given.includes('://')) return { servers: given };
  const source = readConfigFile(given);
  if (source === undefined) {
    throw new EngineClientError(
      'InvalidParams',
      `--fleet ${given}: neither the address of a NATS server, such as nats://127.0.0.1:4222, nor a file.`,
    );
  }
  return fromFile(source, dirname(given));
}

function fromFile(source: ConfigFile, folder: string): FleetOptionsInput {
  const result = FleetOptionsSchema.safeParse(toCamelKeys(FleetOptionsSchema, source.value));
  if (!result.success) {
    // Built by zodErrorToEngineError, whose details have this shape.
    const { issues } = zodErrorToEngineError(result.error).details as ValidationErrorDetails;
    throw configError(
      issues.map(({ path, ...issue }) => {
        const written = path.map(toSnake);
        return { ...issue, path: written, origin: source.locate(written) };
      }),
    );
  }
  const { tls, ...options } = result.data;
  const within = (path: string | undefined) =>
    path === undefined ? undefined : resolve(folder, path);
  const files = Object.fromEntries(PATHS.map((name) => [name, within(options[name])]));
  const paths = tls && { ca: within(tls.ca), cert: within(tls.cert), key: within(tls.key) };
  return { ...options, ...files, tls: paths };
}

const toSnake = (key: string | number) =>
  String(key).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
