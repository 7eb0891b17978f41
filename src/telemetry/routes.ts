import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../config.ts';
import { notAuthenticated, notFound } from '../errors.ts';
import { isLoopback } from '../http/client-address.ts';
import type { ApiRouter } from '../http/context.ts';
import { get, rootRoutes, type Step, withFacts } from '../http/routes.ts';
import type { Telemetry } from './telemetry.ts';

interface TelemetryRoutesServices {
  config: Pick<Config, 'metricsToken' | 'production'>;
  telemetry: Telemetry;
}

/** `/metrics`: for Prometheus. */
export function telemetryRoutes({ config, telemetry }: TelemetryRoutesServices): ApiRouter {
  return rootRoutes([
    get(
      '/metrics',
      [scraper(config)],
      {
        summary: 'Read the figures of this process (Prometheus)',
        details: 'With a METRICS_TOKEN, or from this computer outside production.',
        answers: { 200: 'text/plain' },
      },
      async (ctx) => {
        const { type, text } = await telemetry.expose();
        ctx.body = text;
        ctx.type = type;
      },
    ),
  ]);
}

/**
 * Step: who has the METRICS_TOKEN may call; outside production also a program on this computer.
 * @throws Refusal 401 for a wrong token; 404 where there is nothing to see
 */
function scraper({ metricsToken, production }: Pick<Config, 'metricsToken' | 'production'>): Step {
  return withFacts(
    { who: 'anyone on this computer', refuses: [notAuthenticated, notFound] },
    async (ctx, next) => {
      const isLocal = !production && isLoopback(ctx.req.socket.remoteAddress ?? '');
      if (!isLocal && metricsToken === undefined) {
        throw notFound('There are no metrics here; the operator has to set METRICS_TOKEN.');
      }
      if (!isLocal && !isSame(ctx.get('authorization'), `Bearer ${metricsToken}`)) {
        throw notAuthenticated('The METRICS_TOKEN is required: "Authorization: Bearer TOKEN".');
      }
      await next();
    },
  );
}

/** Compares in a time that tells nothing about either text. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
