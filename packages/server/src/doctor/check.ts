import { plainMessage } from '@mlx/engine/cli';

/** What one look at the installation found. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** What is there, or what is wrong and what to do about it. */
  readonly detail: string;
}

/** Runs a look; what it throws is what is wrong. */
export async function check(name: string, look: () => string | Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    return { name, ok: false, detail: plainMessage(error) };
  }
}
