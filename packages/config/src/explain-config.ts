import { stringify } from 'yaml';
import type { LoadedConfig } from './load-config.js';
import { describeOrigin } from './origin.js';
import { allKeys, asSection, schemaAt } from './schema-tree.js';

/** The configuration as YAML, each value with a comment that says where it came from. */
export function explainConfig({ config, origins }: LoadedConfig): string {
  return allKeys()
    .map((key) => {
      const path = key.split('.');
      const indentation = '  '.repeat(path.length - 1);
      const name = `${indentation}${path.at(-1)}:`;
      if (isSection(path)) return name;
      const origin = describeOrigin(origins.get(key) ?? { layer: 'default' });
      return `${name} ${inline(valueAt(config, path))} # ${origin}`;
    })
    .join('\n');
}

function isSection(path: readonly string[]): boolean {
  const schema = schemaAt(path);
  return schema !== undefined && asSection(schema) !== undefined;
}

const valueAt = (config: object, path: readonly string[]) =>
  path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), config);

/** Flow style, so that a list stays on its line. */
const inline = (value: unknown) =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
