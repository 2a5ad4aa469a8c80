import type { PythonInterpreter } from './probe.js';

const machines: Partial<Record<NodeJS.Architecture, readonly string[]>> = {
  arm64: ['arm64', 'aarch64'],
  x64: ['x86_64', 'AMD64'],
};

/** What keeps an interpreter from running the sidecar, to follow its path; undefined if nothing. */
export function unsuitability(
  python: PythonInterpreter,
  needsVenv: boolean,
  arch: NodeJS.Architecture = process.arch,
): string | undefined {
  const [major, minor] = python.version;
  if (major !== 3 || minor < 10) return `is ${python.version.join('.')}`;
  if (python.implementation !== 'CPython') return `is ${python.implementation}, not CPython`;
  if (python.freeThreaded) return 'is a free-threaded build';
  if (!(machines[arch] ?? []).includes(python.machine)) {
    return `is built for ${python.machine}, but this Node runs on ${arch}`;
  }
  if (needsVenv && !python.canCreateEnvironments) {
    return 'lacks the venv module (Debian, Ubuntu: `apt install python3-venv`)';
  }
  return undefined;
}
