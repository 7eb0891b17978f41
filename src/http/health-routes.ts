import { type ApiRouter, apiRouter } from './context.ts';

/** `/healthz`: the process is up. `/readyz`: it can reach its database, so that requests make sense. */
export function healthRoutes(pingDatabase: () => Promise<void>): ApiRouter {
  const router = apiRouter('');
  router.get('/healthz', (ctx) => {
    ctx.body = { status: 'up' };
  });
  router.get('/readyz', async (ctx) => {
    await pingDatabase();
    ctx.body = { status: 'ready' };
  });
  return router;
}
