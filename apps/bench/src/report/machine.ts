import { cpus, platform, release, totalmem, arch, loadavg } from 'node:os';

/** Where numbers were taken; they mean little anywhere else. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** The runtime's own words: backend, MLX and mlx-lm versions. */
  readonly runtime: string;
  /** Load average over the last minute when the run began: others at work make numbers noisy. */
  readonly loadAtStart: number;
}

export function describeMachine(runtime: string): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    runtime,
    loadAtStart: loadavg()[0] ?? 0,
  };
}
