import { useEffect, useRef } from 'react';
import { useForm } from 'react-hook-form';
import { CloseIcon } from '../layout/icons.js';
import { NumberField } from './number-field.js';
import { settingsResolver } from './settings-resolver.js';
import { DEFAULT_SETTINGS, type Settings } from './settings-schema.js';

interface SettingsPanelProps {
  readonly settings: Settings;
  readonly onSave: (settings: Settings) => void;
  readonly onClose: () => void;
}

/** The settings as a modal sheet; nothing is kept until every field is valid. */
export function SettingsPanel({ settings, onSave, onClose }: SettingsPanelProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const form = useForm<Settings>({
    defaultValues: settings,
    resolver: settingsResolver,
    mode: 'onChange',
  });
  useEffect(() => dialog.current?.showModal(), []);

  const save = form.handleSubmit((values) => {
    onSave(values);
    onClose();
  });

  return (
    <dialog
      ref={dialog}
      className="settings"
      aria-labelledby="settings-title"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <form noValidate onSubmit={(event) => void save(event)}>
        <header>
          <h2 id="settings-title">Settings</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            <CloseIcon />
          </button>
        </header>
        <div className="settings-fields">
          <div className="field">
            <label htmlFor="systemPrompt">System prompt</label>
            <textarea
              id="systemPrompt"
              rows={4}
              placeholder="For example: Answer in one sentence."
              {...form.register('systemPrompt')}
            />
          </div>
          <NumberField
            form={form}
            name="temperature"
            label="Temperature"
            step={0.1}
            hint="0 always picks the likeliest word; higher is more varied."
          />
          <NumberField
            form={form}
            name="topP"
            label="Top P"
            step={0.05}
            hint="Considers only the likeliest words up to this share; 1 is off."
          />
          <NumberField
            form={form}
            name="maxTokens"
            label="Maximum tokens"
            step={1}
            hint="An answer ends after this many tokens."
          />
          <NumberField
            form={form}
            name="seed"
            label="Seed"
            step={1}
            placeholder="Random"
            hint="The same seed and settings give the same answer."
          />
        </div>
        <footer>
          <button
            type="button"
            className="button quiet"
            onClick={() => form.reset({ ...DEFAULT_SETTINGS, seed: undefined })}
          >
            Reset
          </button>
          <button type="submit" className="button primary">
            Save
          </button>
        </footer>
      </form>
    </dialog>
  );
}
