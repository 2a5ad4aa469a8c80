const version = '12.21.0';

/** A pnpm command line of the pinned version, fetched by npx where it is not cached. */
export function pnpmCommand(...args) {
  return ['npx', '--yes', `pnpm@${version}`, ...args];
}
