import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonModule, pythonProgram } from '../../environment/python-program.ts';
import { alternate } from '../../measure/alternate.ts';
import { atMost } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';

/** A GGUF file in 16 bits becomes a model directory: beside a program that moves the same bytes. */
export const convert: Benchmark = {
  id: 'convert',
  async measure({ rounds, progress, contenders: { environment } }) {
    const folder = await mkdtemp(join(tmpdir(), 'mlx-convert-'));
    try {
      progress('writing the model as a GGUF file');
      const source = join(folder, 'model.gguf');
      await pythonProgram(environment, 'f16_gguf', environment.modelDirectory, source);
      // What is moved lies in the system's cache on both sides.
      await pythonProgram(environment, 'copy_bytes', source, join(folder, 'warm-up'));
      const title = 'F16 GGUF to a model directory';
      const pairs = await alternate(title, rounds, progress, {
        ours: (round) =>
          pythonModule(
            environment,
            'mlx_runtime.setup',
            'convert',
            source,
            join(folder, `model-${round}`),
          ),
        reference: (round) =>
          pythonProgram(environment, 'copy_bytes', source, join(folder, `copy-${round}`)),
      });
      return [
        {
          kind: 'comparison',
          id: 'convert',
          title,
          unit: 's',
          reference: 'Python that reads and writes the bytes',
          bar: atMost(1.5),
          rounds: pairs,
        },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
