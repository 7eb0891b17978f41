import { anyone } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import { get, rootRoutes } from '../http/routes.ts';
import { type ClientModule, readClientModule } from './client-module.ts';

/** The module by which front ends use the server, for pages without a build: `import … from 'https://HOST/client/v1.js'`. */
export function clientRoutes(): ApiRouter {
  let module: Promise<ClientModule> | undefined;
  return rootRoutes([
    get(
      '/client/v1.js',
      [anyone],
      { summary: 'Load the client module (an ES module)', answers: { 200: 'text/javascript', 304: null } },
      async (ctx) => {
        module ??= readClientModule();
        const { text, etag } = await module;
        // It holds no secret, and pages of any origin may load it.
        ctx.set({
          'Access-Control-Allow-Origin': '*',
          'Cache-Control': 'public, max-age=300',
          'Cross-Origin-Resource-Policy': 'cross-origin',
          ETag: etag,
        });
        ctx.type = 'js';
        ctx.body = text;
        if (ctx.fresh) ctx.status = 304;
      },
    ),
  ]);
}
