import { freemem } from 'node:os';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { Command, InvalidArgumentError } from 'commander';
import type { SoakOptions } from './soak.ts';

export interface CommandLine extends SoakOptions {
  /** File for the report as JSON; `-` prints it. */
  readonly json: string | undefined;
  /** Workers of a fleet; 0: one machine. */
  readonly fleet: number;
}

interface Flags {
  readonly minutes: number;
  readonly seed: number;
  readonly model: string;
  readonly models: number;
  readonly concurrency: number;
  readonly faults: number;
  readonly json?: string;
  readonly fleet?: number;
}

/** A process of the default model beside its spare takes about so much. */
const BYTES_PER_MODEL = 3 * 2 ** 30;
const MOST_MODELS = 2;

/** What the command line asks for; exits by itself for `--help` and mistakes. */
export function parseOptions(argv: readonly string[]): CommandLine {
  const command = new Command('soak')
    .description('Chaos on the real model: mixed requests, crashes, hangs, lost clients.')
    .option('--minutes <number>', 'how long', positive, 5)
    .option('--seed <number>', 'the same seed draws the same requests and faults', natural, 1)
    .option('--model <id or directory>', 'the model', DEFAULT_MODEL_ID)
    .option('--models <number>', 'processes of it; default: as many as memory allows', natural)
    .option('--concurrency <number>', 'requests under way at once', natural, 16)
    .option('--faults <percent>', 'of all requests, how many bring a fault', positive, 1)
    .option('--fleet <workers>', 'a gateway and so many workers instead of one machine', natural)
    .option('--json <file>', 'write the report as JSON as well; - prints it instead');
  const flags = command.parse(argv, { from: 'user' }).opts<Flags>();
  return {
    seed: flags.seed,
    seconds: flags.minutes * 60,
    model: flags.model,
    models: flags.models ?? modelsThatFit(),
    concurrency: flags.concurrency,
    faultRate: flags.faults / 100,
    recipes: 32,
    maxTokens: 48,
    json: flags.json,
    fleet: flags.fleet ?? 0,
  };
}

function modelsThatFit(): number {
  return Math.max(1, Math.min(MOST_MODELS, Math.floor(freemem() / BYTES_PER_MODEL)));
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function natural(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number above 0.');
  }
  return value;
}
