import { createHash } from 'node:crypto';
import { anyone } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { get, rootRoutes } from '../http/routes.ts';
import { readPage } from './verifier-files.ts';

/** The page at `/verify`, which checks an evidence file in the browser and sends it nowhere. */
export function verifyPageRoutes({ limits }: { limits: Pick<RateLimits, 'volume'> }): ApiRouter {
  let page: { html: string; policy: string } | undefined;
  return rootRoutes([
    get(
      '/verify',
      [limits.volume, anyone],
      { summary: 'Check the evidence of an attempt (a page)', answers: { 200: 'text/html' } },
      async (ctx) => {
        if (!page) {
          const html = await readPage();
          page = { html, policy: policyOf(html) };
        }
        ctx.set('Content-Security-Policy', page.policy);
        ctx.type = 'html';
        ctx.body = page.html;
      },
    ),
  ]);
}

/** Allows the page's own script and style, and no connection to anywhere. */
function policyOf(html: string): string {
  const hashOf = (pattern: RegExp) =>
    `'sha256-${createHash('sha256')
      .update(pattern.exec(html)?.[1] ?? '')
      .digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${hashOf(/<script type="module">(.*?)<\/script>/s)}`,
    `style-src ${hashOf(/<style>(.*?)<\/style>/s)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
