import { useEffect, useState } from 'react';

/** Takes files that are dropped anywhere on the page; true while some are held above it. */
export function useDroppedFiles(onFiles: (files: readonly File[]) => void): boolean {
  const [above, setAbove] = useState(false);
  useEffect(() => {
    const holdsFiles = ({ dataTransfer }: DragEvent): boolean =>
      dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setAbove(true);
    };
    // Only what leaves the window goes nowhere.
    const onLeave = ({ relatedTarget }: DragEvent): void => {
      if (relatedTarget === null) setAbove(false);
    };
    const onDrop = (event: DragEvent): void => {
      setAbove(false);
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      // The list itself may be empty once the event is over.
      onFiles([...event.dataTransfer.files]);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [onFiles]);
  return above;
}
