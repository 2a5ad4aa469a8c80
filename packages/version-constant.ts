import { readFileSync } from 'node:fs';

/** The version of the package whose folder this runs in, to be replaced in its source by bundler and test runner alike. */
export function versionConstant(name: string): Record<string, string> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  return { [name]: JSON.stringify(version) };
}
