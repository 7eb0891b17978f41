import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { machines } from '../../machines/index.ts';

/** The build keeps both folders in the same relative place, so these paths work in `src` and in `dist`. */
const PAGE = new URL('./page/', import.meta.url);
const MACHINES = new URL('../../machines/', import.meta.url);
const isCompiled = import.meta.url.endsWith('.js');

/** The empty page; its content comes by other routes. The page has to know whether it needs a log-in. */
export async function readShell({ logInNeeded }: { logInNeeded: boolean }): Promise<string> {
  const shell = await readFile(new URL('page.html', PAGE), 'utf8');
  return logInNeeded ? shell : shell.replace('data-access="log-in"', 'data-access="pass"');
}

/** A script or stylesheet of the page; undefined if there is none with this name. */
export async function readAsset(name: string): Promise<string | undefined> {
  if (!/^[a-z][a-z-]*\.(js|css)$/.test(name)) return undefined;
  return isCompiled || name.endsWith('.css') ? readIfThere(new URL(name, PAGE)) : transpile(name);
}

/** A published machine's committed picture as SVG; undefined if there is none. */
export async function readPicture(machine_id: string): Promise<string | undefined> {
  return machines.has(machine_id) ? readIfThere(new URL(`${machine_id}.svg`, MACHINES)) : undefined;
}

/** The hashes of the styles inside the pictures, as a content security policy lists them (CSP 3, section 2.3.1). */
export async function pictureStyleHashes(): Promise<string[]> {
  const pictures = await Promise.all([...machines.keys()].map(readPicture));
  return pictures.flatMap((picture = '') =>
    [...picture.matchAll(/<style>(.*?)<\/style>/gs)].map(
      ([, style = '']) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    ),
  );
}

/** For a server that runs from its sources: the page's scripts are not compiled then. */
async function transpile(name: string): Promise<string | undefined> {
  const source = await readIfThere(new URL(name.replace(/\.js$/, '.ts'), PAGE));
  if (source === undefined) return undefined;
  const { default: ts } = await import('typescript');
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
    rewriteRelativeImportExtensions: true,
  };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

async function readIfThere(file: URL): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
