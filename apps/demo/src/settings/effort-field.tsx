import { ReasoningEffortSchema } from '@mlx/schemas';
import type { UseFormReturn } from 'react-hook-form';
import type { Model } from '../models/model-list.js';
import type { Settings } from './settings-schema.js';

interface EffortFieldProps {
  readonly form: UseFormReturn<Settings>;
  readonly model: Model | undefined;
}

/** How long a model reasons; absent for those that cannot be asked. */
export function EffortField({ form, model }: EffortFieldProps) {
  if (!model?.capabilities?.reasoning_options?.includes('effort')) return null;
  return (
    <div className="field">
      <label htmlFor="effort">Reasoning effort</label>
      <select
        id="effort"
        {...form.register('effort', { setValueAs: (value) => value || undefined })}
      >
        <option value="">The model's own</option>
        {ReasoningEffortSchema.options.map((effort) => (
          <option key={effort} value={effort}>
            {effort}
          </option>
        ))}
      </select>
    </div>
  );
}
