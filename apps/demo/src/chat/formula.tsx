import { useEffect, useRef } from 'react';

interface FormulaProps {
  readonly tex: string;
  readonly display: boolean;
}

/** TeX as MathML, which browsers draw and read out by themselves; the source until that is loaded. */
export function Formula({ tex, display }: FormulaProps) {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let current = true;
    import('temml').then(
      ({ default: temml }) => {
        if (!current || !element.current) return;
        try {
          temml.render(tex, element.current, { displayMode: display, throwOnError: true });
        } catch {
          // Not whole yet, wrong, or more than a formula may do: its source says it.
          element.current.textContent = tex;
        }
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [tex, display]);
  return (
    <span key={tex} ref={element} className={display ? 'formula display' : 'formula'}>
      {tex}
    </span>
  );
}
