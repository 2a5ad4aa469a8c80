import { EngineClientError } from '@mlx/schemas';

/** The oldest Node with everything that the packages use. */
const OLDEST = [22, 15] as const;

/** What is wrong with a version of Node, such as `20.20.2`, and what to do; undefined where nothing is. */
export function nodeFault(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `Node ${version} is too old: install Node ${OLDEST.join('.')} or newer (https://nodejs.org), then run this again.`;
}

/** Throws RuntimeError where the Node that runs this is too old. */
export function requireNode(): void {
  const fault = nodeFault(process.versions.node);
  if (fault !== undefined) throw new EngineClientError('RuntimeError', fault);
}
