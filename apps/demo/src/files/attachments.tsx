import { useCallback, useRef, useState } from 'react';
import type { Attachment } from '../conversation/schema.js';
import { AttachIcon, CloseIcon } from '../layout/icons.js';
import { IconButton } from '../layout/icon-button.js';
import { AttachedFile } from './attached-file.js';
import { readFile } from './read-file.js';

export interface Attachments {
  readonly files: readonly Attachment[];
  /** Why a file was not taken. */
  readonly problem: string | undefined;
  readonly add: (files: Iterable<File> | null) => Promise<void>;
  readonly remove: (index: number) => void;
  readonly clear: () => void;
}

/** The files that go with the next question. */
export function useAttachments(): Attachments {
  const [files, setFiles] = useState<readonly Attachment[]>([]);
  const [problem, setProblem] = useState<string>();
  const add = useCallback(async (chosen: Iterable<File> | null): Promise<void> => {
    setProblem(undefined);
    for (const file of chosen ?? []) {
      try {
        const read = await readFile(file);
        setFiles((before) => [...before, read]);
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    }
  }, []);
  return {
    files,
    problem,
    add,
    remove: (index) => setFiles((before) => before.filter((_, at) => at !== index)),
    clear: () => {
      setFiles([]);
      setProblem(undefined);
    },
  };
}

export function AttachButton({ attachments }: { readonly attachments: Attachments }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label="Attach images and text files" onClick={() => input.current?.click()}>
        <AttachIcon />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Images and text files"
        onChange={({ target }) => {
          void attachments.add(target.files).finally(() => {
            target.value = '';
          });
        }}
      />
    </>
  );
}

interface AttachmentListProps {
  readonly attachments: Attachments;
  /** Why what is attached cannot be sent as it is. */
  readonly hindrance: string | undefined;
  /** Called where the button that had the focus has gone. */
  readonly onRemoved: () => void;
}

export function AttachmentList({ attachments, hindrance, onRemoved }: AttachmentListProps) {
  const { files, problem = hindrance, remove } = attachments;
  return (
    <>
      {files.length > 0 && (
        <ul className="files" aria-label="Files to send">
          {files.map((file, index) => (
            <AttachedFile key={index} file={file}>
              <IconButton
                className="tiny"
                label={`Remove ${file.name}`}
                onClick={() => {
                  remove(index);
                  onRemoved();
                }}
              >
                <CloseIcon />
              </IconButton>
            </AttachedFile>
          ))}
        </ul>
      )}
      <p className="visually-hidden" aria-live="polite">
        {files.length > 0 && `To send: ${files.map(({ name }) => name).join(', ')}`}
      </p>
      {problem && (
        <p className="note failed" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
