import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  loadConfigWithOrigins,
  type LoadConfigOptions,
  type LoadedConfig,
} from '../../src/index.js';

/** Writes a file that is gone when the test ends; gives its path. */
export function configFile(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'mlx-config-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'runtime.yaml');
  writeFileSync(file, text);
  return file;
}

/** Loads YAML text with no environment, no variables and no warnings printed. */
export function load(text: string, options: LoadConfigOptions = {}): LoadedConfig {
  return loadConfigWithOrigins(configFile(text), {
    environment: '',
    variables: {},
    onWarning: () => undefined,
    ...options,
  });
}

/** The message of the error that loading the text throws, with the path shortened. */
export function faultOf(text: string, options: LoadConfigOptions = {}): string {
  try {
    load(text, options);
  } catch (error) {
    return error instanceof Error
      ? error.message.replaceAll(/\S*runtime\.yaml/g, 'runtime.yaml')
      : '';
  }
  throw new Error('the configuration is valid');
}
