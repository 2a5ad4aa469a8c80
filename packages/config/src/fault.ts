import { EngineClientError, type IssueCode, type ValidationIssue } from '@mlx/schemas';
import { describeOrigin, type Origin } from './origin.js';

/** One thing that is wrong with the configuration, and where. */
export interface ConfigFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly code: IssueCode;
  readonly origin: Origin;
}

/** `config/runtime.yaml:3:5: batch_queue.max_batch_size: Expected number, received string` */
export function describeFault({ path, message, origin }: ConfigFault): string {
  const key = path.length > 0 ? `${path.join('.')}: ` : '';
  return `${describeOrigin(origin)}: ${key}${message}`;
}

/** The error that reports all faults at once; `details.faults` has them for programs. */
export function configError(faults: readonly ConfigFault[]): EngineClientError {
  const lines = faults.map(describeFault);
  const message =
    lines.length === 1
      ? `Invalid configuration: ${lines[0]}`
      : `Invalid configuration:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  const issues = faults.map(({ path, message: text, code }): ValidationIssue => ({
    path: [...path],
    message: text,
    code,
  }));
  const field = faults[0]?.path.join('.') || 'root';
  return new EngineClientError('InvalidParams', message, { details: { field, issues, faults } });
}
