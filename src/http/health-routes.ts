import { z } from 'zod';
import { anyone } from './access.ts';
import type { ApiRouter } from './context.ts';
import { get, rootRoutes } from './routes.ts';

interface HealthRoutesServices {
  database: { ping(): Promise<void> };
}

/** `/healthz`: the process is up. `/readyz`: it can reach its database, so it can serve requests. */
export function healthRoutes({ database }: HealthRoutesServices): ApiRouter {
  return rootRoutes([
    get(
      '/healthz',
      [anyone],
      { summary: 'Tell that the process is up', answers: { 200: z.object({ status: z.literal('up') }) } },
      (ctx) => {
        ctx.body = { status: 'up' };
      },
    ),
    get(
      '/readyz',
      [anyone],
      {
        summary: 'Tell that the database can be reached',
        answers: { 200: z.object({ status: z.literal('ready') }) },
      },
      async (ctx) => {
        await database.ping();
        ctx.body = { status: 'ready' };
      },
    ),
  ]);
}
