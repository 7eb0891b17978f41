import { writeFile } from 'node:fs/promises';
import { bundleCommand, bundlePage, COMMAND_FILE, PAGE_FILE } from './verifier-files.ts';

/** A step of the build: the server and the command then need no compiler. */
await writeFile(COMMAND_FILE, await bundleCommand());
await writeFile(PAGE_FILE, await bundlePage());
