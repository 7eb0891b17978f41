import { fileURLToPath } from 'node:url';

/** The module's first file: compiled if this one is, else as it was written. */
const ENTRY = new URL(`../client/index${import.meta.url.endsWith('.js') ? '.js' : '.ts'}`, import.meta.url);

/** Compiles the front end's module (`src/client/`) into one ES module without imports. */
export async function bundleClient(): Promise<string> {
  const { build } = await import('esbuild');
  const result = await build({
    entryPoints: [fileURLToPath(ENTRY)],
    bundle: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    write: false,
  });
  return result.outputFiles[0]?.text ?? '';
}
