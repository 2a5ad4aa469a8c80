import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

/** Distance from the end, in pixels, that still counts as being there. */
const TOLERANCE_PX = 48;

export interface StickToEnd {
  readonly container: RefObject<HTMLDivElement | null>;
  readonly atEnd: boolean;
  readonly toEnd: () => void;
}

/**
 * Keeps a growing list scrolled to its end, unless the reader scrolled away.
 * A change of `turn` (a new question) goes back to the end.
 */
export function useStickToEnd(turn: unknown): StickToEnd {
  const container = useRef<HTMLDivElement>(null);
  const sticky = useRef(true);
  const lastTop = useRef(0);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    const element = container.current;
    sticky.current = true;
    if (element) element.scrollTop = element.scrollHeight;
  }, []);
  useEffect(toEnd, [toEnd, turn]);

  useEffect(() => {
    const element = container.current;
    const content = element?.firstElementChild;
    if (!element || !content) return undefined;
    const onScroll = (): void => {
      const distance = element.scrollHeight - element.clientHeight - element.scrollTop;
      // Content that grew below looks like distance too; only the reader scrolls up.
      if (element.scrollTop < lastTop.current) sticky.current = false;
      if (distance < TOLERANCE_PX) sticky.current = true;
      lastTop.current = element.scrollTop;
      setAtEnd(sticky.current);
    };
    const growth = new ResizeObserver(() => {
      if (sticky.current) toEnd();
    });
    growth.observe(content);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      growth.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [toEnd]);

  return { container, atEnd, toEnd };
}
