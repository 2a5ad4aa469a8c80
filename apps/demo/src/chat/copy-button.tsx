import { useEffect, useState } from 'react';
import { CheckIcon, CopyIcon } from '../layout/icons.js';

const CONFIRMATION_MS = 1500;

/** Copies text; absent where the browser has no clipboard to offer (plain HTTP from afar). */
export function CopyButton({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = window.setTimeout(() => setCopied(false), CONFIRMATION_MS);
    return () => window.clearTimeout(timer);
  }, [copied]);

  if (!('clipboard' in navigator)) return null;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <button
      type="button"
      className="icon-button small"
      aria-label={copied ? 'Copied' : 'Copy'}
      title="Copy"
      onClick={() => void copy()}
    >
      {copied ? <CheckIcon /> : <CopyIcon />}
    </button>
  );
}
