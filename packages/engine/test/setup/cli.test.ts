import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { temporaryFolder } from './support/temporary.js';

/** Run a command line; what it wrote and its exit code. */
async function run(args: readonly string[], variables: NodeJS.ProcessEnv = {}) {
  let stdout = '';
  let stderr = '';
  const code = await runCli(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    variables: { PATH: process.env['PATH'], MLX_BACKEND: 'cpu', ...variables },
  });
  return { code, stdout, stderr };
}

describe('mlx-engine', () => {
  test('--help names the commands, the variables and examples', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const words of ['setup', 'pull', 'ls', 'info', 'MLX_SERVE_HOME', 'mlx-engine pull']) {
      expect(stdout).toContain(words);
    }
  });

  test.each([[['nonsense']], [['help', 'nonsense']], [['setup', '--nonsense']], [['pull']]])(
    'wrong usage %j ends with 2',
    async (args) => {
      const { code, stderr } = await run(args);
      expect(code).toBe(2);
      expect(stderr).toContain('error:');
    },
  );

  test('a failure is one line and ends with 1', async () => {
    const MLX_SERVE_HOME = temporaryFolder();
    const { code, stderr } = await run(['info'], { MLX_SERVE_HOME });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `mlx-engine: The Python environment for MLX is not set up in ${MLX_SERVE_HOME}. Run \`npx mlx-engine setup\` once\n`,
    );
  });

  test('set-up without Python says so', async () => {
    const variables = { MLX_SERVE_HOME: temporaryFolder(), PATH: temporaryFolder() };
    const { code, stderr } = await run(['setup'], variables);
    expect(code).toBe(1);
    expect(stderr).toContain('mlx-engine: No Python 3.10 or newer found');
  });
});

describe('with the environment that is set up on this machine', () => {
  const { MLX_SERVE_HOME, HOME, MLX_BACKEND } = process.env;
  const here = { MLX_SERVE_HOME, HOME, MLX_BACKEND };

  test('info describes it', async () => {
    const plain = await run(['info'], here);
    expect(plain.stdout).toMatch(
      /Python {4}3\.\d+\.\d+ \(.+\)\nBackend {3}\w+\nFast BLAS (yes|no)\n/,
    );
    const { stdout } = await run(['info', '--json'], here);
    expect(JSON.parse(stdout)).toMatchObject({ python: expect.stringContaining('/bin/python') });
  });

  test('set-up finds it ready', async () => {
    const { code, stderr } = await run(['setup'], here);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^ok Python 3\.\d+\.\d+ with MLX for \w+(, for images too,)? is ready\n$/,
    );
  });

  test('set-up with a model fails on a model that is not one', async () => {
    const model = temporaryFolder();
    const { code, stderr } = await run(['setup', '--model', model], here);
    expect(code).toBe(1);
    expect(stderr).toContain(`${model} is not a complete model: config.json is missing`);
  });

  test('ls, pull and show tell of the model that is here', async () => {
    const listed = await run(['ls', '--json'], here);
    const models: { id: string; directory: string }[] = JSON.parse(listed.stdout);
    const model = models.find(({ id }) => id === 'HuggingFaceTB/SmolLM2-135M-Instruct');
    expect(model).toMatchObject({ bits: 4, contextLength: 8192, architecture: 'llama' });
    const pulled = await run(['pull', 'HuggingFaceTB/SmolLM2-135M-Instruct'], here);
    expect(pulled).toMatchObject({ code: 0, stdout: `${model?.directory}\n` });
    const named = await run(['pull', model?.directory ?? ''], here);
    expect(named.stderr).toContain('used where it lies');
    const names = await run(['ls', '--quiet'], here);
    expect(names.stdout.split('\n')).toContain('HuggingFaceTB/SmolLM2-135M-Instruct');
    const shown = await run(['show', 'HuggingFaceTB/SmolLM2-135M-Instruct'], here);
    expect(shown.stdout).toMatch(/Parameters {4}135M\nWeights {7}4-bit, 93\.8 MiB on disk\n/);
    expect(shown.stdout).toMatch(/Can do {8}completion, chat, tools/);
    const { stdout } = await run(['show', '--json', model?.directory ?? ''], here);
    expect(JSON.parse(stdout)).toMatchObject({ parameterCount: 134_515_008 });
  });

  test('fit tells what fits this machine, and how a model does', async () => {
    const all = await run(['fit'], { ...here, MLX_BACKEND: 'apple' });
    expect(all.stdout).toMatch(/4-bit {2,}up to .*\n8-bit/);
    const { stdout } = await run(['fit', '--json', 'HuggingFaceTB/SmolLM2-135M-Instruct'], {
      ...here,
      MLX_BACKEND: 'cpu',
    });
    expect(JSON.parse(stdout)).toMatchObject({
      machine: { backend: 'cpu' },
      model: {
        cacheBytesPerThousandTokens: 46_080_000,
        loaded: { bits: 32, weightBytes: 538_060_032, fits: true, contextTokens: 8192 },
        fits: [
          { quantisation: '32-bit', weightBytes: 538_060_032, fits: true, contextTokens: 8192 },
          { quantisation: '8-bit', weightBytes: 151_329_384 },
          { quantisation: '4-bit', weightBytes: 84_071_880 },
        ],
      },
    });
  });
});
