import { forbidden, notFound } from '../errors.ts';
import { onlyRoles } from '../http/access.ts';
import { type ApiRouter, apiRouter } from '../http/context.ts';
import { pictureStyleHashes, readAsset, readPicture, readShell } from './page-files.ts';
import { isFromHere, PASS_SECONDS, type ReadOnlyPass } from './read-only-pass.ts';

/**
 * The developers' page below `/machines`. Its shell is empty, because a browser that opens an address cannot send
 * a token: everything there is to see, the pictures included, comes by routes that want staff.
 * @param pass absent in production, where everybody has to log in.
 */
export function pageRoutes(pass: ReadOnlyPass | undefined): ApiRouter {
  const router = apiRouter('');

  router.get('/machines', async (ctx) => {
    ctx.set('Content-Security-Policy', policy(await pictureStyleHashes()));
    ctx.type = 'html';
    ctx.body = await readShell({ logInNeeded: !pass });
  });

  router.get('/machines/page/:name', async (ctx) => {
    const name = ctx.params['name'] ?? '';
    const content = await readAsset(name);
    if (content === undefined) throw notFound('The page has no such part.');
    ctx.type = name.endsWith('.css') ? 'css' : 'js';
    ctx.body = content;
  });

  router.get('/machines/pictures/:machine_id', onlyRoles('recruiter', 'admin'), async (ctx) => {
    const picture = await readPicture(ctx.params['machine_id'] ?? '');
    if (picture === undefined) throw notFound('There is no picture of such a machine.');
    ctx.type = 'svg';
    ctx.body = picture;
  });

  if (pass) {
    router.post('/machines/pass', async (ctx) => {
      if (!isFromHere(ctx.req)) throw forbidden('Only on the server’s own computer is no log-in needed.');
      ctx.body = { access_token: pass.issue(), token_type: 'Bearer', expires_in: PASS_SECONDS };
    });
  }
  return router;
}

/** Nothing but the server's own files, and no styles inside the page but those of the pictures. */
const policy = (styleHashes: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${styleHashes.join(' ')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
