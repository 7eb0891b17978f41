import { z } from 'zod';
import { forbidden, notFound } from '../errors.ts';
import { anyone, staff } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import { body } from '../http/request.ts';
import { get, post, rootRoutes, type Step } from '../http/routes.ts';
import { pictureStyleHashes, readAsset, readPicture, readShell } from './page-files.ts';
import { isFromHere, PASS_SECONDS, type ReadOnlyPass } from './read-only-pass.ts';

export interface PageRoutesServices {
  /** Undefined in production, where everybody must log in. */
  pass: ReadOnlyPass | undefined;
}

/**
 * The developers' page at `/machines`. Its shell is empty, because a browser cannot send a token when it opens an
 * address. All content, including the pictures, comes by routes for staff only.
 */
export function pageRoutes({ pass }: PageRoutesServices): ApiRouter {
  const routes = [
    get('/machines', [anyone], async (ctx) => {
      // The page's addresses are relative to its own.
      if (ctx.path.endsWith('/')) {
        ctx.redirect('../machines');
        return;
      }
      ctx.set('Content-Security-Policy', policy(await pictureStyleHashes()));
      ctx.type = 'html';
      ctx.body = await readShell({ logInNeeded: !pass });
    }),

    get('/machines/page/:name', [anyone], async (ctx) => {
      const name = ctx.params['name'] ?? '';
      const content = await readAsset(name);
      if (content === undefined) throw notFound('The page has no such file.');
      ctx.type = name.endsWith('.css') ? 'css' : 'js';
      ctx.body = content;
    }),

    get('/machines/pictures/:machine_id', [staff], async (ctx) => {
      const picture = await readPicture(ctx.params['machine_id'] ?? '');
      if (picture === undefined) throw notFound('There is no picture of this machine.');
      ctx.type = 'svg';
      ctx.body = picture;
    }),
  ];
  return rootRoutes(pass ? [...routes, passRoute(pass)] : routes);
}

const passRoute = (pass: ReadOnlyPass) =>
  post('/machines/pass', [anyoneHere, body(z.strictObject({ key: z.string().max(100) }))], (ctx) => {
    const access_token = pass.issue(ctx.state.body.key);
    if (!access_token) {
      throw forbidden(
        'This is not the key that the server printed when it started; each start prints a new one.',
      );
    }
    ctx.body = { access_token, token_type: 'Bearer', expires_in: PASS_SECONDS };
  });

/** Step: anyone may call, but only from the server's own computer. */
const anyoneHere: Step = async (ctx, next) => {
  if (!isFromHere(ctx.req)) throw forbidden('This works without a log-in only on the server’s own computer.');
  await next();
};

/** Allows only the server's own files, and no inline styles except those of the pictures. */
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
