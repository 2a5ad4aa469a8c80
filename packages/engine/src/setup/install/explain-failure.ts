import { release } from 'node:os';
import { setupError, type SetupFailureReason } from '../errors.js';

interface KnownFailure {
  readonly pattern: RegExp;
  readonly reason: SetupFailureReason;
  readonly message: (home: string) => string;
}

/** What installers print, in the order to look for it: a dead network also "finds no match". */
const knownFailures: readonly KnownFailure[] = [
  {
    pattern: /no space left|os error 28\b|enospc|errno 28\b|disk quota/i,
    reason: 'disk-full',
    message: (home) =>
      `The disk that holds ${home} is full. Free about 2 GB (10 GB for CUDA) or set MLX_SERVE_HOME to a folder on another disk, then run this again`,
  },
  {
    pattern: /permission denied|read-only file system|eacces|erofs|eperm|os error (13|30)\b/i,
    reason: 'not-writable',
    message: (home) =>
      `Cannot write to ${home}. Make it writable or set MLX_SERVE_HOME to a folder that is, then run this again`,
  },
  {
    pattern: /hash(es)? mismatch|do(es)? not match the hashes|hashes? .*expected/i,
    reason: 'download-changed',
    message: () =>
      'A downloaded package differs from its pinned hash: the package index or a proxy changed it. Use another index (PIP_INDEX_URL, UV_DEFAULT_INDEX), then run this again',
  },
  {
    pattern:
      /connection (error|refused|reset|aborted)|newconnectionerror|max retries|name resolution|name or service|nodename nor servname|dns error|error sending request|timed? ?out|failed to (fetch|connect)|tunnel|network is unreachable|certificate/i,
    reason: 'index-unreachable',
    message: () =>
      'The Python package index cannot be reached. Check the network, the proxy (HTTPS_PROXY) and the index settings (PIP_INDEX_URL, UV_DEFAULT_INDEX), then run this again',
  },
  {
    pattern: /no matching distribution|no solution found|no wheels? with|not a supported wheel/i,
    reason: 'no-build-for-machine',
    message: () =>
      `No build of MLX fits this machine (${process.platform} ${process.arch}, kernel ${release()}). It needs macOS 14 or a Linux with glibc 2.35 (Ubuntu 22.04, Debian 12) or newer, and Python 3.10 to 3.14`,
  },
];

/** One line about an installer that failed; its own last words go into `cause`. */
export function explainInstallFailure(output: string, home: string) {
  const cause = new Error(lastLines(output, 20));
  const known = knownFailures.find(({ pattern }) => pattern.test(output));
  if (known) return setupError(known.reason, known.message(home), cause);
  const words = lastLines(output, 1) || 'it ended without a message';
  return setupError(
    'install-failed',
    `Installing the Python packages failed: ${words}. Run this again; if it stays, delete ${home}/python`,
    cause,
  );
}

/** The same for a file operation of ours. */
export function explainWriteFailure(error: unknown, home: string) {
  const words = error instanceof Error ? error.message : String(error);
  const known = knownFailures.slice(0, 2).find(({ pattern }) => pattern.test(words));
  if (known) return setupError(known.reason, known.message(home), error);
  return setupError('not-writable', `Cannot write to ${home}: ${words}`, error);
}

export function lastLines(text: string, count: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n').trim();
}
