import { join } from 'node:path';
import { cleanVariables } from '../python/clean-variables.js';
import type { Command } from '../process/run-command.js';
import { findExecutable } from '../process/find-executable.js';
import { setupError } from '../errors.js';

/** The commands that make an environment; what runs them is elsewhere. */
export interface Installer {
  readonly name: 'uv' | 'pip';
  createEnvironment(python: string, root: string): Command;
  /** Install exactly what a hash-pinned file lists. */
  install(root: string, requirements: string): Command;
  /** The same for packages whose metadata asks for a newer Python than they need. */
  installOnOlderPython(root: string, requirements: string): Command;
  /** Unpack what the file lists into a plain folder. */
  installInto(folder: string, root: string, requirements: string): Command;
}

/** Only wheels, only pinned ones, and no dependency that the file does not name. */
const strict = ['--no-deps', '--require-hashes', '--only-binary', ':all:'];

export function environmentPython(root: string): string {
  return join(root, 'bin', 'python');
}

/** uv where it is on PATH, else pip; MLX_INSTALLER overrides. */
export function chooseInstaller(variables: NodeJS.ProcessEnv): Installer {
  const wanted = variables['MLX_INSTALLER'];
  if (wanted && wanted !== 'uv' && wanted !== 'pip') {
    throw setupError('install-failed', `MLX_INSTALLER is '${wanted}'; it can be uv or pip`);
  }
  const uv = wanted === 'pip' ? undefined : findExecutable('uv', variables);
  if (wanted === 'uv' && !uv) {
    throw setupError('install-failed', 'MLX_INSTALLER is uv, but there is no uv on PATH');
  }
  return uv ? uvInstaller(uv, variables) : pipInstaller(variables);
}

export function pipInstaller(source: NodeJS.ProcessEnv): Installer {
  const variables = cleanVariables(source);
  const pip = ['-m', 'pip', 'install', ...strict];
  const quiet = ['--no-input', '--disable-pip-version-check', '--progress-bar', 'off'];
  const install = (root: string, ...args: string[]): Command => ({
    command: environmentPython(root),
    args: [...pip, ...quiet, '--retries', '2', ...args],
    variables,
  });
  return {
    name: 'pip',
    createEnvironment: (python, root) => ({
      command: python,
      args: ['-m', 'venv', root],
      variables,
    }),
    install: (root, file) => install(root, '-r', file),
    installOnOlderPython: (root, file) => install(root, '--ignore-requires-python', '-r', file),
    installInto: (folder, root, file) => install(root, '--target', folder, '-r', file),
  };
}

export function uvInstaller(uv: string, source: NodeJS.ProcessEnv): Installer {
  const variables = { ...cleanVariables(source), ...pipIndex(source) };
  const install = (root: string, ...args: string[]): Command => ({
    command: uv,
    args: ['pip', 'install', '--python', environmentPython(root), ...strict, ...args],
    variables,
  });
  return {
    name: 'uv',
    createEnvironment: (python, root) => ({
      command: uv,
      args: ['venv', '--no-project', '--python', python, root],
      variables,
    }),
    install: (root, file) => install(root, '--compile-bytecode', '-r', file),
    installOnOlderPython: (root, file) =>
      install(root, '--python-version', '3.11', '--compile-bytecode', '-r', file),
    installInto: (folder, root, file) =>
      install(root, '--no-cache', '--target', folder, '-r', file),
  };
}

/** uv does not read pip's settings; people behind a mirror often have only those. */
function pipIndex(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const index = variables['PIP_INDEX_URL'];
  const known = variables['UV_DEFAULT_INDEX'] || variables['UV_INDEX_URL'];
  return index && !known ? { UV_DEFAULT_INDEX: index } : {};
}
