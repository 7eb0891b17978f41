import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** The shell of the page; what it shows comes from `openapi.json`. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>API reference</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <link rel="stylesheet" href="docs/docs.css">
    <script src="docs/swagger-ui-bundle.js" defer></script>
    <script src="docs/docs.js" defer></script>
  </head>
  <body>
    <main id="reference"><p class="loading">The reference needs JavaScript; <a href="openapi.json">openapi.json</a> has the same.</p></main>
  </body>
</html>
`;

/** Shows the document with "try it", without asking any other host. */
const DOCS_SCRIPT = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  validatorUrl: null,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  tryItOutEnabled: false,
  persistAuthorization: false,
});
`;

const DOCS_STYLE = `body { margin: 0; }
.loading { padding: 24px; font: 15px/1.45 system-ui, sans-serif; }
.swagger-ui .info { margin: 24px 0; }
/* One server, and it is this one. */
.swagger-ui .scheme-container .servers-title, .swagger-ui .scheme-container .servers { display: none; }
html.dark-mode { background: #1c2022; }
@media (max-width: 640px) {
  .swagger-ui .wrapper, .swagger-ui .info, .swagger-ui .scheme-container { padding-inline: 8px; box-sizing: border-box; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .opblock .opblock-summary-path { max-width: 100%; }
}
`;

/** The colours are those of `/machines`. */
const FRONT_STYLE = `:root {
  color-scheme: light dark;
  --paper: light-dark(#ffffff, #0f141a);
  --ink: light-dark(#1c2430, #e6ebf2);
  --soft: light-dark(#5b6675, #9aa7b6);
  --border: light-dark(#cfd7e0, #334050);
  --link: light-dark(#1558c0, #7db4ff);
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 640px; margin: 0 auto; padding: 48px 20px; }
h1 { margin: 0; font-size: 24px; line-height: 1.25; }
p { margin: 8px 0 28px; }
.quiet, dd { color: var(--soft); }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code, dt { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 15px; }
dl { margin: 0; }
dl div { display: grid; grid-template-columns: 170px 1fr; gap: 0 16px; padding: 10px 0; border-top: 1px solid var(--border); }
dd { margin: 0; }
@media (max-width: 480px) { dl div { grid-template-columns: 1fr; } main { padding-top: 28px; } }
`;

interface DocsFile {
  type: 'js' | 'css';
  content: Buffer;
  gzipped: Buffer;
  /** Entity tag. */
  tag: string;
}

const { resolve } = createRequire(import.meta.url);
const ofSwagger = (name: string) => () => readFile(resolve(`swagger-ui-dist/${name}`));

/** The only files there are; those of swagger-ui-dist are large, so they are read and compressed once. */
const FILES: Record<string, () => Promise<Buffer>> = {
  'swagger-ui.css': ofSwagger('swagger-ui.css'),
  'swagger-ui-bundle.js': ofSwagger('swagger-ui-bundle.js'),
  'docs.js': async () => Buffer.from(DOCS_SCRIPT),
  'docs.css': async () => Buffer.from(DOCS_STYLE),
  'front.css': async () => Buffer.from(FRONT_STYLE),
};

const loaded = new Map<string, Promise<DocsFile>>();

/** A script or stylesheet of the page; undefined if there is none with this name. */
export function readDocsFile(name: string): Promise<DocsFile> | undefined {
  const read = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  if (!read) return undefined;
  const known = loaded.get(name) ?? load(name, read);
  loaded.set(name, known);
  return known;
}

async function load(name: string, read: () => Promise<Buffer>): Promise<DocsFile> {
  const content = await read();
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 22);
  return {
    type: name.endsWith('.css') ? 'css' : 'js',
    content,
    gzipped: await promisify(gzip)(content),
    tag: `"${hash}"`,
  };
}
