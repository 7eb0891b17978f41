import { cp } from 'node:fs/promises';

/** Last step of the build: copies the files that the compiler does not handle next to the compiled ones. */
const dist = new URL('../../', import.meta.url);
const project = new URL('../', dist);
for (const folder of ['machines/', 'src/inspector/page/', 'src/evidence/page/', 'src/tools/scenario/']) {
  await cp(new URL(folder, project), new URL(folder, dist), {
    recursive: true,
    filter: (path) => !/\.[^/]*$/.test(path) || /\.(svg|html|css|yaml)$/.test(path),
  });
}
