import type { ReactNode } from 'react';
import { type DropItem, DropZone, FileTrigger } from 'react-aria-components';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import styles from './file-drop.module.css';
import { Icon } from './icon.tsx';

/** A file with its path from what was dropped or chosen; a file alone has its name. */
export type DroppedFile = { readonly path: string; readonly file: File };

/** A place to let go of a file, or of a folder, and a button that does the same for the keyboard. */
export function FileDrop(props: {
  readonly label: string;
  readonly choose: string;
  readonly folder?: boolean;
  readonly accept?: readonly string[];
  readonly children?: ReactNode;
  readonly onFiles: (files: readonly DroppedFile[]) => void;
}) {
  const { label, choose, folder = false, accept, onFiles } = props;
  const take = (files: readonly DroppedFile[]) => files.length > 0 && onFiles(files);
  return (
    <DropZone
      className={classNames(styles.drop)}
      aria-label={label}
      onDrop={(event) => void droppedFiles(event.items).then(take)}
    >
      <p>{label}</p>
      <FileTrigger
        acceptDirectory={folder}
        {...(accept !== undefined && { acceptedFileTypes: accept })}
        onSelect={(files) => take([...(files ?? [])].map(named))}
      >
        <Button>
          <Icon name={folder ? 'folder' : 'file'} />
          {choose}
        </Button>
      </FileTrigger>
      {props.children}
    </DropZone>
  );
}

// A chosen folder names itself first in each path; what is below it is what counts.
function named(file: File): DroppedFile {
  const path = file.webkitRelativePath.split('/').slice(1).join('/');
  return { path: path === '' ? file.name : path, file };
}

/** Every file of what was dropped, folders walked through. */
async function droppedFiles(items: readonly DropItem[]): Promise<readonly DroppedFile[]> {
  const files: DroppedFile[] = [];
  const [only] = items;
  const roots = items.length === 1 && only?.kind === 'directory' ? await entriesOf(only) : items;
  for (const item of roots) await collect(item, '', files);
  return files;
}

async function collect(item: DropItem, prefix: string, files: DroppedFile[]): Promise<void> {
  if (item.kind === 'file') files.push({ path: prefix + item.name, file: await item.getFile() });
  if (item.kind !== 'directory') return;
  for (const inside of await entriesOf(item)) await collect(inside, `${prefix}${item.name}/`, files);
}

async function entriesOf(folder: Extract<DropItem, { kind: 'directory' }>): Promise<readonly DropItem[]> {
  return Array.fromAsync(folder.getEntries());
}
