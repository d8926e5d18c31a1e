import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

interface Entry {
  readonly name: string;
  readonly deflated: boolean;
  readonly size: number;
  /** Of the local header, in bytes from the start of the archive. */
  readonly offset: number;
}

const endSignature = 0x06054b50;
const endLength = 22;
const longestComment = 0xffff;

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** The central directory: its bytes and how many entries it holds. */
async function readDirectory(file: FileHandle): Promise<{ bytes: Buffer; count: number }> {
  const { size } = await file.stat();
  const length = Math.min(size, endLength + longestComment);
  const tail = await readAt(file, size - length, length);
  for (let at = tail.length - endLength; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== endSignature) continue;
    const bytes = await readAt(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
    return { bytes, count: tail.readUInt16LE(at + 10) };
  }
  throw new Error('not a zip archive');
}

function parseEntry(bytes: Buffer, at: number): { entry: Entry; next: number } {
  const nameEnd = at + 46 + bytes.readUInt16LE(at + 28);
  const entry: Entry = {
    name: bytes.toString('utf8', at + 46, nameEnd),
    deflated: bytes.readUInt16LE(at + 10) === 8,
    size: bytes.readUInt32LE(at + 20),
    offset: bytes.readUInt32LE(at + 42),
  };
  return { entry, next: nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32) };
}

async function listEntries(file: FileHandle): Promise<readonly Entry[]> {
  const { bytes, count } = await readDirectory(file);
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count; ) {
    const { entry, next } = parseEntry(bytes, at);
    entries.push(entry);
    at = next;
  }
  return entries;
}

async function writeEntry(archive: string, file: FileHandle, entry: Entry, target: string): Promise<void> {
  // The local header repeats the name with an extra field of a length of its own.
  const local = await readAt(file, entry.offset, 30);
  const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  const source = createReadStream(archive, { start, end: start + entry.size - 1 });
  const decode = entry.deflated ? createInflateRaw() : new PassThrough();
  await pipeline(source, decode, createWriteStream(target, { mode: 0o755 }));
}

/**
 * Writes the files of a zip archive for which `target` names a path, with the run bit, and answers those paths.
 * For archives whose checksum is already known: entries are not checked again, and zip64 and encryption are not read.
 * Paths inside the archive are never used as paths outside. Throws an Error for what is no zip archive.
 */
export async function unzip(archive: string, target: (name: string) => string | null): Promise<readonly string[]> {
  const file = await open(archive);
  try {
    const written: string[] = [];
    for (const entry of await listEntries(file)) {
      const path = target(entry.name);
      if (path === null) continue;
      await writeEntry(archive, file, entry, path);
      written.push(path);
    }
    return written;
  } finally {
    await file.close();
  }
}
