import type { ConfigFile } from './config-file.js';
import { configError } from './fault.js';
import type { Origin } from './origin.js';
import { toLayer, type Layer } from './settings.js';

export interface FileLayers {
  readonly base: Layer;
  /** The base and, when the file has it, the section of the active environment. */
  readonly applied: readonly Layer[];
  /** The sections of all other environments. */
  readonly dormant: readonly Layer[];
}

/** Splits a file into what always counts and what counts in one environment. */
export function fileLayers(file: ConfigFile, active: string | undefined): FileLayers {
  const { environments, ...sections } = asMapping(file.value, file.locate([]));
  const base = toLayer(sections, (path) => file.locate(path));
  const named = Object.entries(asMapping(environments, file.locate(['environments']))).map(
    ([name, value]) => ({ name, layer: environmentLayer(file, name, value) }),
  );
  return {
    base,
    applied: [base, ...named.filter(({ name }) => name === active).map(({ layer }) => layer)],
    dormant: named.filter(({ name }) => name !== active).map(({ layer }) => layer),
  };
}

function environmentLayer(file: ConfigFile, name: string, value: unknown): Layer {
  const prefix = ['environments', name];
  const sections = asMapping(value, file.locate(prefix));
  return toLayer(sections, (path) => ({
    ...file.locate([...prefix, ...path]),
    environment: name,
  }));
}

function asMapping(value: unknown, origin: Origin): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return { ...value };
  const message = 'Expected a mapping of sections to their keys';
  throw configError([{ path: [], message, code: 'invalid_type', origin }]);
}
