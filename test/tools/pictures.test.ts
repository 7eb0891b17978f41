import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { machines } from '../../machines/index.ts';
import { picturesOf } from '../../src/tools/drawing/pictures.ts';

it.each([...machines.values()])('the committed pictures show $id as it is', async (machine) => {
  for (const [name, content] of await picturesOf(machine)) {
    const committed = await readFile(new URL(`../../machines/${name}`, import.meta.url), 'utf8').catch(
      () => '',
    );
    expect(
      committed === content,
      `machines/${name} is out of date: run "npm run machines" and commit it`,
    ).toBe(true);
  }
});
