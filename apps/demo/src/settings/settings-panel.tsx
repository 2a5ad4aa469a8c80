import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import type { Conversation } from '../conversation/schema.js';
import { Sheet } from '../layout/sheet.js';
import { findModel, shortName, useModels } from '../models/model-list.js';
import { updateConversation } from '../store/conversation-store.js';
import { EffortField } from './effort-field.js';
import { NumberField } from './number-field.js';
import { numberFields } from './number-fields.js';
import { settingsResolver } from './settings-resolver.js';
import { NO_SETTINGS, type Settings } from './settings-schema.js';

interface SettingsPanelProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

/** The settings of one conversation; nothing is kept until every field is valid and saved. */
export function SettingsPanel({ conversation, onClose }: SettingsPanelProps) {
  const models = useModels(({ models: all }) => all);
  const model = findModel(models, conversation.model);
  const [asking, setAsking] = useState(false);
  const form = useForm<Settings>({
    defaultValues: conversation.settings,
    resolver: settingsResolver,
    mode: 'onChange',
  });
  const { isDirty } = form.formState;
  const close = (): void => (isDirty && !asking ? setAsking(true) : onClose());
  const save = form.handleSubmit((settings) => {
    updateConversation(conversation.id, (current) => ({ ...current, settings }));
    onClose();
  });

  return (
    <Sheet title="Settings" className="sheet" onClose={close}>
      <form className="settings" noValidate onSubmit={(event) => void save(event)}>
        <div className="settings-fields">
          <p className="field-hint">
            For this chat, and for new ones after it. An empty field leaves the choice to{' '}
            {model ? shortName(model.id) : 'the model'}; the value in grey is what then applies.
          </p>
          <div className="field">
            <label htmlFor="systemPrompt">System prompt</label>
            <textarea
              id="systemPrompt"
              rows={4}
              placeholder="For example: Answer in one sentence."
              {...form.register('systemPrompt')}
            />
          </div>
          <EffortField form={form} model={model} />
          {numberFields(model).map((field) => (
            <NumberField key={field.name} form={form} {...field} />
          ))}
          <StopField form={form} />
        </div>
        {asking && (
          <p className="unsaved" role="alert">
            There are changes that are not saved. Save them, or close once more to drop them.
          </p>
        )}
        <footer>
          <button type="button" className="button quiet" onClick={() => clear(form)}>
            Reset
          </button>
          <button type="submit" className="button primary">
            Save
          </button>
        </footer>
      </form>
    </Sheet>
  );
}

type Form = ReturnType<typeof useForm<Settings>>;

/** Every field on its own: a form keeps showing what its new values lack. */
function clear(form: Form): void {
  for (const name of Object.keys(form.getValues()) as (keyof Settings)[]) {
    form.setValue(name, NO_SETTINGS[name] ?? '', {
      shouldDirty: true,
      shouldValidate: true,
    });
  }
}

function StopField({ form }: { readonly form: Form }) {
  const error = form.formState.errors.stopSequences;
  return (
    <div className="field">
      <label htmlFor="stopSequences">Stop texts</label>
      <Controller
        control={form.control}
        name="stopSequences"
        render={({ field: { value, onChange, ref, onBlur } }) => (
          <textarea
            id="stopSequences"
            ref={ref}
            rows={2}
            placeholder="None"
            aria-describedby="stopSequences-note"
            value={(value || []).join('\n')}
            onBlur={onBlur}
            onChange={({ target }) =>
              onChange(target.value === '' ? undefined : target.value.split('\n'))
            }
          />
        )}
      />
      <p
        id="stopSequences-note"
        className={error ? 'field-error' : 'field-hint'}
        aria-live="polite"
      >
        {error?.message ?? 'One a line; an answer ends before any of them.'}
      </p>
    </div>
  );
}
