import type { ReactNode } from 'react';
import type { Attachment } from '../conversation/schema.js';
import { FileIcon } from '../layout/icons.js';

interface AttachedFileProps {
  readonly file: Attachment;
  /** What can be done with it. */
  readonly children?: ReactNode;
}

/** A file of a question in a list: an image by itself, a text by its name. */
export function AttachedFile({ file, children }: AttachedFileProps) {
  if ('text' in file) {
    return (
      <li className="file">
        <FileIcon />
        {file.name}
        {children}
      </li>
    );
  }
  return (
    <li className="file picture">
      <img src={file.image} alt={file.name} title={file.name} />
      {children}
    </li>
  );
}
