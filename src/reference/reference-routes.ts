import { z } from 'zod';
import { notFound } from '../errors.ts';
import { anyone } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import type { Operation } from '../http/operation.ts';
import { pagePolicy } from '../http/page-policy.ts';
import { get, rootRoutes } from '../http/routes.ts';
import { buildAsyncApi } from './asyncapi.ts';
import { DOCS_PAGE, readDocsFile } from './docs-files.ts';
import { frontPage, index, indexOf } from './front-page.ts';
import { buildOpenApi } from './openapi.ts';
import { VERSION } from './version.ts';

interface ReferenceRoutesServices {
  /** Every operation of the server, those of these routes included. */
  operations(): readonly Operation[];
}

/** What the server tells about itself: its documents, the page that shows them, and a page with what is here. */
export function referenceRoutes({ operations }: ReferenceRoutesServices): ApiRouter {
  let openApi: string | undefined;
  return rootRoutes([
    get(
      '/',
      [anyone],
      {
        summary: 'Read what is here',
        details: 'A page, or JSON for who asks for `application/json`.',
        answers: { 200: [index, 'text/html'] },
      },
      (ctx) => {
        const found = indexOf(operations(), VERSION);
        ctx.vary('Accept');
        if (ctx.accepts('html', 'json') === 'json') {
          ctx.body = found;
          return;
        }
        ctx.set('Content-Security-Policy', pagePolicy());
        ctx.type = 'html';
        ctx.body = frontPage(found);
      },
    ),

    get(
      '/openapi.json',
      [anyone],
      { summary: 'Read the description of the API (OpenAPI 3.1)', answers: { 200: 'application/json' } },
      (ctx) => {
        openApi ??= JSON.stringify(buildOpenApi(operations(), { version: VERSION }));
        ctx.type = 'json';
        ctx.body = openApi;
      },
    ),

    get(
      '/asyncapi.json',
      [anyone],
      {
        summary: 'Read the description of the live channel (AsyncAPI 3.0)',
        answers: { 200: 'application/json' },
      },
      (ctx) => {
        ctx.type = 'json';
        ctx.body = JSON.stringify(buildAsyncApi({ version: VERSION, host: ctx.host }));
      },
    ),

    get(
      '/docs',
      [anyone],
      { summary: 'Read and try the API (a page)', answers: { 200: 'text/html', 302: null } },
      (ctx) => {
        // The page's addresses are relative to its own.
        if (ctx.path.endsWith('/')) {
          ctx.redirect('../docs');
          return;
        }
        ctx.set('Content-Security-Policy', pagePolicy());
        ctx.type = 'html';
        ctx.body = DOCS_PAGE;
      },
    ),

    get(
      '/docs/:file',
      [anyone],
      {
        summary: 'Read a script or stylesheet of the page',
        answers: { 200: ['text/javascript', 'text/css'], 304: null },
        parameters: { file: z.string().meta({ examples: ['docs.js'] }) },
        refuses: [notFound],
      },
      async (ctx) => {
        const file = await readDocsFile(ctx.params['file'] ?? '');
        if (!file) throw notFound('The page has no such file.');
        ctx.type = file.type;
        ctx.vary('Accept-Encoding');
        ctx.set('Cache-Control', 'no-cache');
        ctx.set('ETag', file.tag);
        ctx.status = 200;
        if (ctx.fresh) {
          ctx.status = 304;
          return;
        }
        const isSmall = ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
        if (isSmall) ctx.set('Content-Encoding', 'gzip');
        ctx.body = isSmall ? file.gzipped : file.content;
      },
    ),
  ]);
}
