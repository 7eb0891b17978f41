import { z } from 'zod';
import { forbidden, notFound } from '../errors.ts';
import { anyone, staff } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import { pagePolicy } from '../http/page-policy.ts';
import { body } from '../http/request.ts';
import { get, post, rootRoutes, type Step, withFacts } from '../http/routes.ts';
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
    get(
      '/machines',
      [anyone],
      { summary: 'Watch attempts live (a page)', answers: { 200: 'text/html', 302: null } },
      async (ctx) => {
        // The page's addresses are relative to its own.
        if (ctx.path.endsWith('/')) {
          ctx.redirect('../machines');
          return;
        }
        ctx.set('Content-Security-Policy', pagePolicy(await pictureStyleHashes()));
        ctx.type = 'html';
        ctx.body = await readShell({ logInNeeded: !pass });
      },
    ),

    get(
      '/machines/page/:name',
      [anyone],
      {
        summary: 'Read a script or stylesheet of the page',
        answers: { 200: ['text/javascript', 'text/css'] },
        parameters: { name: z.string() },
        refuses: [notFound],
      },
      async (ctx) => {
        const name = ctx.params['name'] ?? '';
        const content = await readAsset(name);
        if (content === undefined) throw notFound('The page has no such file.');
        ctx.type = name.endsWith('.css') ? 'css' : 'js';
        ctx.body = content;
      },
    ),

    get(
      '/machines/pictures/:machine_id',
      [staff],
      {
        summary: 'Read the picture of a machine',
        answers: { 200: 'image/svg+xml' },
        parameters: { machine_id: z.string().meta({ examples: ['attempt-v1'] }) },
        refuses: [notFound],
      },
      async (ctx) => {
        const picture = await readPicture(ctx.params['machine_id'] ?? '');
        if (picture === undefined) throw notFound('There is no picture of this machine.');
        ctx.type = 'svg';
        ctx.body = picture;
      },
    ),
  ];
  return rootRoutes(pass ? [...routes, passRoute(pass)] : routes);
}

const passView = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('Seconds.'),
});

const passRoute = (pass: ReadOnlyPass) =>
  post(
    '/machines/pass',
    [anyoneHere, body(z.strictObject({ key: z.string().max(100) }))],
    {
      summary: 'Exchange the key of the printed link for a pass that can only read',
      details: 'In production there is none (404).',
      answers: { 200: passView },
      refuses: [forbidden, notFound],
      example: { key: 'k'.repeat(43) },
    },
    (ctx) => {
      const access_token = pass.issue(ctx.state.body.key);
      if (!access_token) {
        throw forbidden(
          'This is not the key that the server printed when it started; each start prints a new one.',
        );
      }
      ctx.body = { access_token, token_type: 'Bearer', expires_in: PASS_SECONDS };
    },
  );

/** Step: anyone may call, but only from the server's own computer. */
const anyoneHere: Step = withFacts(
  { who: 'anyone on this computer', refuses: [forbidden] },
  async (ctx, next) => {
    if (!isFromHere(ctx.req)) {
      throw forbidden('This works without a log-in only on the server’s own computer.');
    }
    await next();
  },
);
