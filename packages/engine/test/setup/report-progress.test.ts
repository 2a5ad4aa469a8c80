import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { progressText } from '../../src/cli/progress-text.js';
import { reportProgress } from '../../src/cli/report-progress.js';

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] }),
);
afterEach(() => void vi.useRealTimers());

function output(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 40, write: (text: string) => written.push(text) };
}

const download = { step: 'model', message: 'Downloading x', totalBytes: 200e6 } as const;

describe('without a terminal', () => {
  test('each message is a line, repeated every five seconds', () => {
    const { written, ...stderr } = output(false);
    const report = reportProgress(stderr, {});
    for (let second = 0; second <= 6; second += 1) {
      report.update({ ...download, bytes: second * 10e6 });
      vi.advanceTimersByTime(1000);
    }
    report.update({ step: 'model', message: 'Converting x' });
    report.done('x is ready');
    expect(written).toEqual([
      'Downloading x  [--------------------] 0 %  0 MB of 200 MB  0:00\n',
      'Downloading x  [#####---------------] 25 %  50 MB of 200 MB  10 MB/s  0:15 left\n',
      'Converting x\n',
      'ok x is ready\n',
    ]);
  });
});

describe('on a terminal', () => {
  test('one line is redrawn within its width and cleared at the end', () => {
    const { written, ...stderr } = output(true);
    const report = reportProgress(stderr, {});
    report.update({ ...download, bytes: 100e6 });
    report.close();
    report.close();
    expect(written).toEqual(['\r\u001B[KDownloading x  50 %  100 MB of 200 MB  ', '\r\u001B[K']);
  });

  test('what takes its time shows that it goes on', () => {
    const { written, ...stderr } = output(true);
    const report = reportProgress(stderr, {});
    report.update({ step: 'model', message: 'Preparing the model' });
    vi.advanceTimersByTime(3000);
    report.close();
    vi.advanceTimersByTime(3000);
    const lines = ['', '', '  0:02', '  0:03'].map(
      (clock) => `\r\u001B[KPreparing the model${clock}`,
    );
    expect(written).toEqual([...lines, '\r\u001B[K']);
  });

  test('a terminal that does not know its width has the usual one', () => {
    const { written, ...stderr } = { ...output(true), columns: 0 };
    reportProgress(stderr, {}).update({ ...download, bytes: 100e6 });
    expect(written.join('')).toContain('100 MB of 200 MB  0:00');
  });

  test('colours are left out with NO_COLOR', () => {
    const coloured = output(true);
    reportProgress(coloured, {}).done('ready');
    expect(coloured.written.join('')).toContain('\u001B[32m✓\u001B[39m ready');
    const plain = output(true);
    reportProgress(plain, { NO_COLOR: '1' }).done('ready');
    expect(plain.written).toEqual(['ok ready\n']);
  });

  test('a dumb one gets plain lines', () => {
    const { written, ...stderr } = output(true);
    reportProgress(stderr, { TERM: 'dumb' }).update({ step: 'python', message: 'Looking' });
    expect(written).toEqual(['Looking\n']);
  });
});

describe('the text of a progress', () => {
  test.each([
    [{ step: 'blas', message: 'Preparing' }, 'Preparing  1:05'],
    [{ step: 'environment', message: 'Installing', bytes: 12_400_000 }, 'Installing  12 MB  1:05'],
    [
      { step: 'model', message: 'Downloading', bytes: 130e6, totalBytes: 260e6 },
      'Downloading  [##########----------] 50 %  130 MB of 260 MB  2 MB/s  1:05 left',
    ],
    [
      { step: 'model', message: 'Downloading', bytes: 300, totalBytes: 200 },
      'Downloading  [####################] 99 %  0 MB of 0 MB  1:05',
    ],
  ] as const)('%j', (progress, text) => {
    expect(progressText(progress, { at: 0, bytes: 0 }, 65_000)).toBe(text);
  });

  test('what is left is told in narrow windows, too: the bar gives way', () => {
    const progress = { ...download, bytes: 100e6 };
    const start = { at: 0, bytes: 0 };
    expect(progressText(progress, start, 10_000, 70)).toBe(
      'Downloading x  [#####-----] 50 %  100 MB of 200 MB  10 MB/s  0:10 left',
    );
  });
});
