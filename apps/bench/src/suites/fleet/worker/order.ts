import type { FakeGeneration } from '@mlx/bridge/testing';
import type { FleetOptionsInput } from '@mlx/engine/fleet';
import type { RuntimeConfigInput } from '@mlx/schemas/config';

export interface WorkerOrder {
  readonly fleet: FleetOptionsInput;
  readonly model:
    | { readonly type: 'fake'; readonly generation: FakeGeneration }
    | { readonly type: 'real'; readonly id: string; readonly config: RuntimeConfigInput };
}
