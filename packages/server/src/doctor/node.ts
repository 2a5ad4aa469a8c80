import { requireNode } from '@mlx/engine/setup';

export function describeNode(): string {
  requireNode();
  return `${process.version} on ${process.platform} ${process.arch}`;
}
