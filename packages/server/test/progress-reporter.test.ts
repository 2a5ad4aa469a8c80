import { expect, it } from 'vitest';
import { Readiness } from '../src/readiness.js';
import { progressReporter } from '../src/serve/progress-reporter.js';
import { RecordingLogger } from './support/recording-logger.js';

const said = ({ entries }: RecordingLogger) =>
  entries.map(({ message, fields }) => [message, ...Object.values(fields)].join(' '));

it('a pipe gets a line for each step and each tenth of it', () => {
  const logger = new RecordingLogger();
  const readiness = new Readiness();
  const report = progressReporter(readiness, logger);
  report('Downloading a/b');
  for (const done of [10, 11, 12, 25]) report('Downloading a/b', done, 100);
  expect(said(logger)).toEqual(['Downloading a/b', 'Downloading a/b 10', 'Downloading a/b 20']);
  expect(readiness.status).toMatchObject({ step: 'Downloading a/b', progress: 0.25 });
});

it('a terminal gets a line for each step, and one that is drawn over and over', () => {
  const logger = new RecordingLogger();
  const drawn: (string | number | undefined)[] = [];
  const line = {
    update: ({ message, bytes }: { message: string; bytes?: number }) =>
      void drawn.push(bytes ?? message),
    close: () => void drawn.push('closed'),
  };
  const readiness = new Readiness();
  const report = progressReporter(readiness, logger, line);
  for (const done of [10, 11, 90]) report('Loading weights', done, 100);
  report('Preparing the model');
  expect(said(logger)).toEqual(['Loading weights', 'Preparing the model']);
  expect(drawn).toEqual([10, 11, 90, 'Preparing the model']);
  expect(readiness.status).toMatchObject({ step: 'Preparing the model', progress: null });
});
