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
    void drawFormula(tex, display, () => (current ? element.current : null));
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

async function drawFormula(
  tex: string,
  display: boolean,
  target: () => HTMLElement | null,
): Promise<void> {
  const temml = await loadTemml();
  const element = target();
  if (!temml || !element) return;
  try {
    temml.render(tex, element, { displayMode: display, throwOnError: true });
  } catch {
    // Not whole yet, wrong, or more than a formula may do: its source says it.
    element.textContent = tex;
  }
}

/** Undefined where it cannot be loaded: the source is shown then. */
async function loadTemml() {
  try {
    return (await import('temml')).default;
  } catch {
    return undefined;
  }
}
