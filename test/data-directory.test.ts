import { chmod, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../src/config.ts';
import { prepareDataDirectory } from '../src/data-directory.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

/** Prepares a directory. @returns what the log said */
async function prepare(directory: string): Promise<string[]> {
  const said: string[] = [];
  await prepareDataDirectory(directory, { warn: (line: unknown) => said.push(String(line)) });
  return said;
}

describe('the data directory', () => {
  it('is made for its owner only, with the folders above it', async () => {
    const directory = join(await temporaryFolder(), 'of', 'the', 'server');
    expect(await prepare(directory)).toEqual([]);
    expect(await modeOf(directory)).toBe(0o700);
  });

  it.each([0o755, 0o770, 0o701])(
    'given one that others can enter (mode %o), then it is closed to them',
    async (mode) => {
      const directory = await temporaryFolder();
      await chmod(directory, mode);
      expect(await prepare(directory)).toEqual([
        `${directory} was open to other users of this computer (mode 0${mode.toString(8)}); it is now 0700.`,
      ]);
      expect(await modeOf(directory)).toBe(0o700);
      expect(await prepare(directory)).toEqual([]);
    },
  );

  it('given a folder for everybody, then it is refused and left as it was', async () => {
    const directory = await temporaryFolder();
    await chmod(directory, 0o1777);
    await expect(prepare(directory)).rejects.toThrow(
      new ConfigurationError(
        `DATA_DIR: ${directory} is a folder for everybody; name one that only this server uses`,
      ),
    );
    expect(await modeOf(directory)).toBe(0o777);
  });

  it('given a file in its place, then that is said in words', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    for (const directory of [file, join(file, 'below')]) {
      await expect(prepare(directory)).rejects.toThrow(
        new ConfigurationError(
          `DATA_DIR: ${directory} cannot be used: a file is in the place of a folder; name another folder`,
        ),
      );
    }
  });
});
