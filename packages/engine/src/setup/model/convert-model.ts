import { modelError, setupError } from '../errors.js';
import { setupContext, type SetupContext, type SetupOptions } from '../context.js';
import { lastLines } from '../install/explain-failure.js';
import { visionVariables } from '../install/vision-packages.js';
import { runCommand } from '../process/run-command.js';
import { runtimeCommand } from '../python/runtime-command.js';
import { resolvePythonEnvironment } from '../python-environment.js';

/** How weights are kept: in 4 or 8 bits, as 4-bit floats of either kind, or in 4 and 6 bits mixed. */
export const quantizations = ['4', '8', 'mxfp4', 'nvfp4', 'mixed'] as const;
export type Quantization = (typeof quantizations)[number];

export interface ConvertOptions extends SetupOptions {
  /** Absent: as the source has them. */
  readonly quantize?: Quantization | undefined;
}

/** What `mlx_runtime.setup convert` reports, a line each. */
type ConvertEvent =
  | {
      readonly event: 'progress';
      readonly message: string;
      readonly bytes?: number;
      readonly totalBytes?: number;
    }
  | { readonly event: 'done' }
  | {
      readonly event: 'failed';
      readonly reason: 'disk-full' | 'refused';
      readonly message: string;
    };

/**
 * Makes a model directory of a GGUF file, or of a directory as Hugging Face has
 * it; the target appears whole or not at all. Throws ModelLoadError, by name,
 * for what is not known, and RuntimeError where the disk has no room.
 */
export async function convertModel(
  source: string,
  target: string,
  options: ConvertOptions = {},
): Promise<void> {
  const context = setupContext(options);
  const { root } = resolvePythonEnvironment(context);
  await runConversion(source, target, { root, context, quantize: options.quantize });
}

export interface Conversion {
  readonly root: string;
  readonly context: SetupContext;
  readonly quantize?: Quantization | undefined;
  /** A lock's descriptor that the conversion holds. */
  readonly lock?: number;
}

export async function runConversion(
  source: string,
  target: string,
  { root, context, quantize, lock }: Conversion,
): Promise<void> {
  const scheme = quantize === undefined ? [] : ['--quantize', quantize];
  const command = runtimeCommand(root, context, ['convert', source, target, ...scheme]);
  const variables = { ...command.variables, ...visionVariables(root, context) };
  let last: ConvertEvent | undefined;
  const result = await runCommand(
    { ...command, variables },
    {
      signal: context.signal,
      inherit: lock,
      onLine: (line) => {
        const event = parseEvent(line);
        if (event === undefined) return;
        last = event;
        if (event.event === 'progress') context.onProgress({ step: 'model', ...event });
      },
    },
  );
  if (last?.event === 'failed') throw toError(last);
  if (result.exitCode === 0) return;
  const words = lastLines(result.stderr, 1) || 'it ended early';
  throw modelError('model-refused', `${source} cannot be converted: ${words}`);
}

function toError({ reason, message }: Extract<ConvertEvent, { event: 'failed' }>) {
  if (reason === 'disk-full') {
    return setupError('disk-full', `${message}. Free some, or name a directory on another disk`);
  }
  return modelError('model-refused', message);
}

function parseEvent(line: string): ConvertEvent | undefined {
  if (!line.startsWith('{"event":')) return undefined;
  try {
    return JSON.parse(line) as ConvertEvent;
  } catch {
    return undefined;
  }
}
