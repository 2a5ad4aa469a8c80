import { readFileSync } from 'node:fs';
import { EngineClientError } from '@mlx/schemas';
import type { FleetOptions } from '@mlx/schemas/fleet';

/** What this gateway's names of prompts are made with; the same on all gateways of a fleet. */
export function readPromptKey({ prefix, promptKeyFile }: FleetOptions): string {
  if (promptKeyFile === undefined) return prefix;
  try {
    return readFileSync(promptKeyFile, 'utf8').trim();
  } catch (cause) {
    throw new EngineClientError(
      'InvalidParams',
      `fleet.promptKeyFile: cannot read ${promptKeyFile}`,
      { cause },
    );
  }
}
