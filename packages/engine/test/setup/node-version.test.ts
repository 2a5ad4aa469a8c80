import { expect, it } from 'vitest';
import { nodeFault } from '../../src/setup/node-version.js';

it.each(['22.15.0', '22.21.1', '23.0.0', '24.0.0'])('takes Node %s', (version) => {
  expect(nodeFault(version)).toBeUndefined();
});

it.each(['18.20.0', '20.20.2', '22.14.9'])(
  'refuses Node %s, and says what to install',
  (version) => {
    expect(nodeFault(version)).toBe(
      `Node ${version} is too old: install Node 22.15 or newer (https://nodejs.org), then run this again.`,
    );
  },
);
