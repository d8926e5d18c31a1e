import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Which links may lead to a file: none; any, where a person named it; those that stay in a folder, given by its real path. */
export type Links = 'none' | 'any' | { readonly within: string };

export interface Limits {
  readonly links: Links;
  /** Bytes. */
  readonly largest: number;
}

/** Why a file was not read, to stand behind its name. */
export interface Refused {
  readonly why: string;
  /** What to do, where that does not depend on what the file is for. */
  readonly next: string | null;
}

export const mebibyte = 1024 * 1024;

const notPlain: Refused = { why: 'is not a plain file', next: 'Name the file itself, not a link or a device.' };

export const outside: Refused = {
  why: 'is a link out of its folder',
  next: 'Put the file itself there, or name it beside the folder: --schema FOLDER --schema FILE',
};

/** Whether a real path is a folder's, or lies in it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(join(folder, sep));

function failed(cause: unknown): Refused {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  if (code === 'ENOENT' || code === 'ENOTDIR') return { why: 'does not exist', next: null };
  return { why: `cannot be read (${code})`, next: 'Check its permissions, and those of its folder.' };
}

/** Looked at before it is opened, since opening a device can do something; without waiting for who writes into a FIFO. */
async function opened(path: string, links: Links): Promise<FileHandle | Refused> {
  const real = links === 'none' ? path : await realpath(path);
  if (typeof links === 'object' && !isWithin(real, links.within)) return outside;
  if (!(await lstat(real)).isFile()) return notPlain;
  return open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
}

/** So many bytes and no more, however much the file grows; of what the kernel makes up (/proc), whose size is 0, none. */
async function contents(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  let more = 1;
  while (at < size && more > 0) {
    more = (await file.read(bytes, at, size - at, at)).bytesRead;
    at += more;
  }
  return bytes.subarray(0, at);
}

/** The bytes of a regular file, or why they were not read; never blocks, and never reads more than the limit. */
export async function readRegularFile(path: string, { links, largest }: Limits): Promise<Buffer | Refused> {
  try {
    const file = await opened(path, links);
    if ('why' in file) return file;
    try {
      const found = await file.stat();
      if (!found.isFile()) return notPlain;
      if (found.size > largest) return { why: `is larger than ${largest / mebibyte} MiB`, next: null };
      return await contents(file, found.size);
    } finally {
      await file.close();
    }
  } catch (cause) {
    return failed(cause);
  }
}
