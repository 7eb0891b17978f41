import { anyone } from './access.ts';
import type { ApiRouter } from './context.ts';
import { get, rootRoutes } from './routes.ts';

interface HealthRoutesServices {
  database: { ping(): Promise<void> };
}

/** `/healthz`: the process is up. `/readyz`: it can reach its database, so it can serve requests. */
export function healthRoutes({ database }: HealthRoutesServices): ApiRouter {
  return rootRoutes([
    get('/healthz', [anyone], (ctx) => {
      ctx.body = { status: 'up' };
    }),
    get('/readyz', [anyone], async (ctx) => {
      await database.ping();
      ctx.body = { status: 'ready' };
    }),
  ]);
}
