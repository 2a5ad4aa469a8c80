import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashContents } from './fingerprint.mjs';
import { root, stampFolder } from './paths.mjs';
import { run } from './run.mjs';
import { isCurrent, remember } from './stamp.mjs';
import { StepFailed } from './step-failed.mjs';

const requirements = join(root, 'python-runtime', 'requirements', 'json-schema-suite.txt');
const folder = join(stampFolder, 'json-schema-suite');
const unpack = `
import sys, tarfile
archive, folder = sys.argv[1:]
with tarfile.open(archive) as files:
    inside = [file for file in files if "/json/tests/" in file.name and file.isreg()]
    for file in inside:
        file.name = file.name.partition("/json/")[2]
    files.extractall(folder, inside)
`;

/** The folder of the public JSON Schema Test Suite, fetched once. */
export async function jsonSchemaSuite(python) {
  const fingerprint = hashContents([requirements]);
  if (isCurrent('json-schema-suite-unpacked', fingerprint)) return folder;
  rmSync(folder, { recursive: true, force: true });
  const fetched = ['--no-deps', '--no-binary', ':all:', '--require-hashes', '-r', requirements];
  const download = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check'];
  const code = await run(python, [...download, ...fetched, '--dest', folder]);
  const [archive] = code === 0 ? readdirSync(folder) : [];
  if (archive === undefined || (await run(python, ['-c', unpack, join(folder, archive), folder]))) {
    throw new StepFailed('The JSON Schema Test Suite could not be fetched: see the lines above.');
  }
  remember('json-schema-suite-unpacked', fingerprint);
  return folder;
}
