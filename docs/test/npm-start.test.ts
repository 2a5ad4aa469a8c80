import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { root } from './promises.ts';

interface StartArguments {
  readonly startArguments: (args: readonly string[]) => string[];
  readonly choosesModel: (args: readonly string[], variables: NodeJS.ProcessEnv) => boolean;
}

const { startArguments, choosesModel } = (await import(
  new URL('scripts/lib/start-arguments.mjs', root).href
)) as StartArguments;

function npmStart(args: readonly string[], variables: Record<string, string> = {}) {
  const env = { ...process.env, ...variables };
  return spawnSync(process.execPath, startArguments(args), { encoding: 'utf8', env });
}

it('what follows `npm start --` is read, or refused, by the server', () => {
  expect(npmStart(['--help'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('--allow-origin'),
  });
  expect(npmStart(['--modle', 'x'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Did you mean --model?'),
  });
});

it('MLX_MODEL names several models, as it does for mlx-serve', () => {
  expect(npmStart([], { MLX_MODEL: 'x=acme/one,x=acme/two' })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("acme/one and acme/two would both be served as 'x'"),
  });
});

it('the default model is fetched ahead only where no other is asked for', () => {
  expect(choosesModel(['--port', '9000'], {})).toBe(false);
  for (const args of [['-m', 'a/b'], ['--model=a/b'], ['-c', 'x.yaml'], ['--config', 'x.yaml']]) {
    expect(choosesModel(args, {})).toBe(true);
  }
  expect(choosesModel([], { MLX_MODEL: 'a/b' })).toBe(true);
});
