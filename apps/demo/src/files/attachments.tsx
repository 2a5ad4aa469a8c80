import { useRef, useState } from 'react';
import type { Attachment } from '../conversation/schema.js';
import { AttachIcon, CloseIcon, FileIcon } from '../layout/icons.js';
import { IconButton } from '../layout/icon-button.js';
import { readTextFile } from './read-text-file.js';

export interface Attachments {
  readonly files: readonly Attachment[];
  /** Why a file was not taken. */
  readonly problem: string | undefined;
  readonly add: (files: FileList | null) => Promise<void>;
  readonly remove: (index: number) => void;
  readonly clear: () => void;
}

/** The files that go with the next question. */
export function useAttachments(): Attachments {
  const [files, setFiles] = useState<readonly Attachment[]>([]);
  const [problem, setProblem] = useState<string>();
  return {
    files,
    problem,
    add: async (chosen) => {
      setProblem(undefined);
      for (const file of chosen ?? []) {
        try {
          const read = await readTextFile(file);
          setFiles((before) => [...before, read]);
        } catch (error) {
          setProblem(error instanceof Error ? error.message : String(error));
        }
      }
    },
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
      <IconButton label="Attach text files" onClick={() => input.current?.click()}>
        <AttachIcon />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Text files"
        onChange={({ target }) => {
          void attachments.add(target.files).finally(() => {
            target.value = '';
          });
        }}
      />
    </>
  );
}

export function AttachmentList({ attachments }: { readonly attachments: Attachments }) {
  const { files, problem, remove } = attachments;
  return (
    <>
      {files.length > 0 && (
        <ul className="files" aria-label="Files to send">
          {files.map(({ name }, index) => (
            <li key={index} className="file">
              <FileIcon />
              {name}
              <IconButton className="tiny" label={`Remove ${name}`} onClick={() => remove(index)}>
                <CloseIcon />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {problem && (
        <p className="note failed" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
