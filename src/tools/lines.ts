import { createReadStream } from 'node:fs';
import { Problem } from './problem.ts';

/** The longest line that is read, in characters: room for any attempt that a server holds. */
export const MAX_LINE = 64 * 1024 * 1024;

/**
 * The lines of a file, one after the other, however large the file is; undefined for one that is longer than
 * `MAX_LINE`. Only a line feed ends a line, because JSON texts may hold other line separators.
 * @throws Problem where the file cannot be read
 */
export async function* linesIn(file: string): AsyncGenerator<string | undefined> {
  let parts: string[] = [];
  let length = 0;
  const takeLine = () => {
    const line = length > MAX_LINE ? undefined : parts.join('');
    parts = [];
    length = 0;
    return line;
  };
  try {
    for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
      for (const [index, part] of chunk.split('\n').entries()) {
        if (index > 0) yield takeLine();
        length += part.length;
        if (length <= MAX_LINE) parts.push(part);
      }
    }
  } catch (error) {
    throw new Problem(`cannot be read: ${(error as Error).message}`);
  }
  if (length > 0) yield takeLine();
}
