import type { UseFormReturn } from 'react-hook-form';
import type { Settings } from './settings-schema.js';

interface NumberFieldProps {
  readonly form: UseFormReturn<Settings>;
  readonly name: Exclude<keyof Settings, 'systemPrompt' | 'stopSequences' | 'thinking' | 'effort'>;
  readonly label: string;
  readonly hint: string;
  readonly step: number;
  /** What applies while the field is empty. */
  readonly placeholder: string;
}

/** A labelled number with its hint, replaced by the validation message when it is wrong. */
export function NumberField({ form, name, label, hint, step, placeholder }: NumberFieldProps) {
  const error = form.formState.errors[name];
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        type="number"
        inputMode={step < 1 ? 'decimal' : 'numeric'}
        step={step}
        placeholder={placeholder}
        aria-invalid={error !== undefined}
        aria-describedby={`${name}-note`}
        {...form.register(name, { setValueAs: toNumber })}
      />
      <p id={`${name}-note`} className={error ? 'field-error' : 'field-hint'} aria-live="polite">
        {error?.message ?? hint}
      </p>
    </div>
  );
}

/** An emptied field means "not set", which `valueAsNumber` would turn into NaN. */
function toNumber(value: unknown): number | undefined {
  return value === '' || value === undefined || value === null ? undefined : Number(value);
}
