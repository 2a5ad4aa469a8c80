import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { convertModel, quantizations, type Quantization } from '../setup/model/convert-model.js';
import { ensureModel } from '../setup/model/ensure-model.js';
import { bareName, isGguf } from '../setup/model/model-reference.js';
import { setupPythonEnvironment } from '../setup/setup-python-environment.js';
import type { CommandContext } from './cli-context.js';
import { formatJson } from './format.js';
import { modelsFolderOf } from './list-command.js';
import { reportProgress } from './report-progress.js';

interface ConvertFlags {
  readonly quantize?: Quantization;
  readonly output?: string;
  readonly json?: boolean;
}

export function addConvertCommand(program: Command, context: CommandContext): void {
  const scheme = new Option(
    '-q, --quantize <scheme>',
    'how weights are kept; as they are if absent',
  );
  program
    .command('convert')
    .description('make an MLX model of a GGUF file, a directory or a model of Hugging Face')
    .argument('<source>', 'a .gguf file, a directory with safetensors, or owner/name')
    .addOption(scheme.choices([...quantizations]))
    .option('-o, --output <directory>', 'a new directory; else one in this folder, named for both')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action((source: string, flags: ConvertFlags) => convert(source, flags, context));
}

const help = `
The directory appears when it is complete. Of GGUF, the architectures llama (SmolLM and Mistral
too), qwen2, qwen3, gemma2, gemma3 and phi3 are known, with weights as F32, F16, BF16, Q4_0,
Q4_1, Q5_0, Q5_1, Q8_0 and Q2_K to Q6_K; what is not known is refused by name. Of a model in
several files (-00001-of-00003.gguf) name any one; the others lie beside it.

Schemes:
  4, 8     affine, groups of 64 weights
  mxfp4    4-bit floats, groups of 32
  nvfp4    4-bit floats, groups of 16
  mixed    4 bits, and 6 where it matters most

Examples:
  mlx-serve convert Qwen3-4B-Q4_K_M.gguf
  mlx-serve convert Qwen/Qwen3-4B --quantize 4 --output qwen3-4b`;

async function convert(
  source: string,
  flags: ConvertFlags,
  context: CommandContext,
): Promise<void> {
  const { variables, signal, stdout, stderr } = context;
  const { quantize } = flags;
  const target = resolve(flags.output ?? nameOf(source, quantize));
  const report = reportProgress(stderr, variables);
  const options = { variables, signal, onProgress: report.update, ...modelsFolderOf(context) };
  try {
    await setupPythonEnvironment(options);
    const path = isGguf(source) ? resolve(source) : await ensureModel(source, options);
    await convertModel(path, target, { ...options, quantize });
    report.close();
    stdout.write(flags.json ? formatJson({ source, directory: target, quantize }) : `${target}\n`);
  } finally {
    report.close();
  }
}

/** `SmolLM2-135M-4bit`: the source's last name and how its weights are kept. */
function nameOf(source: string, quantize: Quantization | undefined): string {
  const name = bareName(source);
  if (quantize === undefined) return `${name}-mlx`;
  return `${name}-${/^\d+$/.test(quantize) ? `${quantize}bit` : quantize}`;
}
