/** Networks as files: dropped on the page or chosen, and handed to the user to keep. */

import { make } from '../shared/controls.js';

/** Larger files are not networks of this page, and would be copied into memory. */
const LARGEST = 2 ** 28;

export interface FileEvents {
  onFile(name: string, bytes: Uint8Array): void;
  /** A file that was not read, and why. */
  onRefusal(message: string): void;
}

/** Takes files that are dropped anywhere on the page, and opens the system's dialogue when the result is called. */
export function takeFiles({ onFile, onRefusal }: FileEvents): () => void {
  const read = async (file: File): Promise<void> => {
    if (file.size > LARGEST) {
      onRefusal(`${file.name} has ${file.size} bytes; a network of digits has at most ${LARGEST}.`);
      return;
    }
    try {
      onFile(file.name, new Uint8Array(await file.arrayBuffer()));
    } catch (error) {
      onRefusal(`${file.name} cannot be read (${(error as Error).message}).`);
    }
  };
  const take = (files: FileList | null | undefined): void => {
    if (files?.[0] !== undefined) void read(files[0]);
  };

  const input = make('input', { type: 'file', id: 'file', accept: '.safetensors', hidden: true });
  input.addEventListener('change', () => {
    take(input.files);
    input.value = ''; // the same file may be chosen again
  });
  document.body.append(input);

  const over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault(); // else the browser would open the file in place of the page
    document.body.classList.toggle('dropping', event.type === 'dragover');
    if (event.type === 'drop') take(event.dataTransfer.files);
  };
  for (const type of ['dragover', 'drop'] as const) document.addEventListener(type, over);
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) document.body.classList.remove('dropping');
  });
  return () => input.click();
}

/** Lets the browser save bytes under a name. */
export function giveFile(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  make('a', { href, download: name }).click();
  // The download has begun in the browser when a second has passed; the memory is then given back.
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
