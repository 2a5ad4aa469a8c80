import { useEffect, useState, type ReactNode } from 'react';
import { CopyButton } from './copy-button.js';

interface CodeBlockProps {
  readonly text: string;
  readonly language: string | undefined;
}

/** Code with its language, colours once they are loaded, and a button that copies it. */
export function CodeBlock({ text, language }: CodeBlockProps) {
  const coloured = useColours(text, language);
  return (
    <figure className="code-block">
      <figcaption>
        <span>{language ?? 'text'}</span>
        <CopyButton text={text} />
      </figcaption>
      <pre tabIndex={0} role="region" aria-label={`Code, ${language ?? 'text'}`}>
        <code>{coloured ?? text}</code>
      </pre>
    </figure>
  );
}

/** Undefined until the colours are there, and for a language without any. */
function useColours(text: string, language: string | undefined): ReactNode {
  const [colour, setColour] = useState<(text: string, language: string) => ReactNode>();
  useEffect(() => {
    if (language === undefined) return;
    import('./colour-code.js').then(
      ({ colourCode }) => setColour(() => colourCode),
      () => undefined,
    );
  }, [language]);
  return language === undefined ? undefined : colour?.(text, language);
}
