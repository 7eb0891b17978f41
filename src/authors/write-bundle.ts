import { writeFile } from 'node:fs/promises';
import { bundleClient } from './bundle.ts';
import { BUNDLE } from './client-module.ts';

/** A step of the build: the server then needs no compiler to give out the front end's module. */
await writeFile(BUNDLE, await bundleClient());
