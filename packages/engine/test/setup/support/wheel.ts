import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Wheel {
  readonly file: string;
  readonly path: string;
  readonly sha256: string;
}

// A wheel is a zip file; Python writes it without any package.
const script = `
import json, sys, zipfile
path, name, files = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
info = f"{name}-1.0.dist-info"
files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n"
files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
files[f"{info}/RECORD"] = "".join(f"{entry},,\\n" for entry in [*files, f"{info}/RECORD"])
with zipfile.ZipFile(path, "w") as archive:
    for entry, content in files.items():
        if content.startswith("file:"):
            archive.write(content[5:], entry)
        else:
            archive.writestr(entry, content)
`;

/** Make `name` 1.0 of some files: their text, or 'file:' and a path to copy. */
export function makeWheel(
  python: string,
  folder: string,
  name: string,
  files: Readonly<Record<string, string>>,
): Wheel {
  const file = `${name}-1.0-py3-none-any.whl`;
  const path = join(folder, file);
  execFileSync(python, ['-c', script, path, name, JSON.stringify(files)]);
  return { file, path, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') };
}

/** As a line of a hash-pinned requirements file. */
export function pinned(name: string, { sha256 }: Wheel): string {
  return `${name}==1.0 --hash=sha256:${sha256}\n`;
}
