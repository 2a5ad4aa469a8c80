import { useState } from 'react';
import { DEFAULT_SETTINGS, SettingsSchema, type Settings } from './settings-schema.js';

const STORAGE_KEY = 'mlx-chat-settings';

/** The settings, remembered by the browser between visits. */
export function useSettings(): [Settings, (settings: Settings) => void] {
  const [settings, setSettings] = useState(readStored);
  const save = (next: Settings): void => {
    setSettings(next);
    localStorage.setItem(STORAGE_KEY, JSON.stringify(next));
  };
  return [settings, save];
}

function readStored(): Settings {
  try {
    return SettingsSchema.parse(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? ''));
  } catch {
    // Nothing stored yet, or by a version whose settings no longer hold.
    return DEFAULT_SETTINGS;
  }
}
