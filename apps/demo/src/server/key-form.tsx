import { useEffect, useRef, useState } from 'react';
import { Sheet } from '../layout/sheet.js';
import { setKey, useKey } from './api.js';

/** Asks for the API key, once the server has refused what it got. */
export function KeyForm() {
  const { key } = useKey();
  const [entered, setEntered] = useState(key);
  const [remember, setRemember] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  // Once the dialog is open, which begins with its first button.
  useEffect(() => input.current?.focus(), []);
  return (
    <Sheet title="API key" className="dialog" onClose={() => undefined}>
      <form
        className="key-form"
        onSubmit={(event) => {
          event.preventDefault();
          setKey(entered.trim(), remember);
        }}
      >
        <p>
          {key === '' ? 'This server asks for an API key.' : 'The server refused this API key.'}
        </p>
        <div className="field">
          <label htmlFor="api-key">Key</label>
          <input
            id="api-key"
            ref={input}
            type="password"
            autoComplete="current-password"
            required
            value={entered}
            onChange={({ target }) => setEntered(target.value)}
          />
        </div>
        <label className="check">
          <input
            type="checkbox"
            checked={remember}
            onChange={({ target }) => setRemember(target.checked)}
          />
          Remember it in this browser
        </label>
        <button type="submit" className="button primary">
          Continue
        </button>
      </form>
    </Sheet>
  );
}
