#!/usr/bin/env bash
# behaviour: tsup takes the `node:` off every import of a built-in module, also off those that have no name
# without it: `node:sqlite` becomes `sqlite` and `node:test` becomes `test`. The source runs, the built
# package does not; worse, both names are packages of others on npm, which it would load where they
# happen to be installed. `removeNodeProtocol: false` leaves imports alone; esbuild, which tsup runs,
# would too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit tsup@9.0.0 typescript@5.9.3
mkdir source
cat >source/index.ts <<'TYPESCRIPT'
import { run } from 'node:test';
import { join } from 'node:path';

console.log('built-in:', typeof run, typeof join);
TYPESCRIPT
echo "node $(node --version), tsup $(node -p 'require("tsup/package.json").version')"
build() { npx --no-install tsup source/index.ts --format esm --silent --config "$1" --out-dir "$2"; }
echo 'export default {}' >plain.config.mjs
echo 'export default { removeNodeProtocol: false }' >kept.config.mjs
build plain.config.mjs plain
build kept.config.mjs kept
grep --no-filename import plain/index.* kept/index.*
node kept/index.*
if node plain/index.* 2>plain.txt; then exit 1; fi
grep --only-matching "Cannot find package 'test'" plain.txt
grep --quiet 'from "test"' plain/index.*
