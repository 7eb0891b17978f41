import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/*
 * The verifier as files that need nothing else: a command for Node and a page for browsers, both bundled out of the very
 * code of machine, metrics and rules.
 */

const isCompiled = import.meta.url.endsWith('.js');
const ending = isCompiled ? 'js' : 'ts';

/** Where the build leaves them. */
export const COMMAND_FILE = new URL('./verifier.mjs', import.meta.url);
export const PAGE_FILE = new URL('./verify.html', import.meta.url);
/** The page's parts that are not compiled; the build copies them. */
const PAGE = new URL('./page/', import.meta.url);

/** The command as one file for Node. */
export const bundleCommand = (): Promise<string> => bundle(`./verifier/command.${ending}`, 'node');

/** The page as one file that loads nothing. */
export async function bundlePage(): Promise<string> {
  const [html, style, script] = await Promise.all([
    readFile(new URL('verify.html', PAGE), 'utf8'),
    readFile(new URL('verify.css', PAGE), 'utf8'),
    bundle(`./page/page.${ending}`, 'browser'),
  ]);
  // Functions, because the texts may have dollar signs, which a replacement text would interpret.
  return html
    .replace('/* STYLE */', () => style)
    .replace('/* SCRIPT */', () => script.replaceAll('</script', '<\\/script'));
}

/** The page; built on the spot for a server that runs from its sources. */
export const readPage = (): Promise<string> => (isCompiled ? readFile(PAGE_FILE, 'utf8') : bundlePage());

async function bundle(entry: string, platform: 'node' | 'browser'): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    charset: 'utf8',
    format: 'esm',
    minify: platform === 'browser',
    platform,
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
