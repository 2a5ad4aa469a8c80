import { describe, expect, test } from 'vitest';
import {
  explainInstallFailure,
  explainWriteFailure,
} from '../../src/setup/install/explain-failure.js';

// As pip and uv put it.
const spoken: readonly (readonly [reason: string, output: string])[] = [
  [
    'disk-full',
    'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
  ],
  ['disk-full', 'error: failed to copy file: No space left on device (os error 28)'],
  ['not-writable', "Error: [Errno 13] Permission denied: '/srv/python'"],
  ['not-writable', "PermissionError: [Errno 30] Read-only file system: '/srv/python'"],
  [
    'download-changed',
    'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    mlx==0.32.4:\n        Expected sha256 aa\n             Got        bb',
  ],
  ['download-changed', '  cause: Hash mismatch for `mlx==0.32.4`'],
  [
    'index-unreachable',
    'WARNING: Retrying (Retry(total=1)) after connection broken by NewConnectionError: Connection refused\nERROR: No matching distribution found for mlx==0.32.4',
  ],
  [
    'index-unreachable',
    'error: Failed to fetch: `http://127.0.0.1:9/simple/mlx/`\n  cause: dns error',
  ],
  ['no-build-for-machine', 'ERROR: No matching distribution found for mlx==0.32.4'],
  ['no-build-for-machine', 'error: No solution found when resolving dependencies'],
  ['install-failed', 'ERROR: something new'],
];

describe('why installing failed', () => {
  test.each(spoken)('%s: %s', (reason, output) => {
    const error = explainInstallFailure(output, '/srv');
    expect(error).toMatchObject({ code: 'RuntimeError', details: { reason } });
    expect(error.message).not.toContain('\n');
    expect(error.cause).toMatchObject({ message: output.trim() });
  });

  test('names the folder to free or move', () => {
    expect(explainInstallFailure('No space left on device', '/srv').message).toContain(
      'The disk that holds /srv is full',
    );
  });

  test('an installer that ends silently is reported too', () => {
    expect(explainInstallFailure('', '/srv').message).toContain('ended without a message');
  });
});

test('file operations of ours are explained the same way', () => {
  const full = explainWriteFailure(new Error('ENOSPC: no space left on device, mkdir'), '/srv');
  expect(full).toMatchObject({ details: { reason: 'disk-full' } });
  const odd = explainWriteFailure(new Error('ENOTDIR: not a directory, mkdir'), '/srv');
  expect(odd.message).toBe('Cannot write to /srv: ENOTDIR: not a directory, mkdir');
  expect(explainWriteFailure('odd', '/srv').message).toContain('odd');
});
