import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { ClientAddresses } from '../../src/http/client-address.ts';
import type { Operation } from '../../src/http/operation.ts';
import { createRateLimits } from '../../src/http/rate-limits.ts';
import { createLog } from '../../src/log.ts';
import type { Services } from '../../src/services.ts';

/** Stands for whatever a service is asked for: the routes only keep it until a request comes. */
const anything: object = new Proxy(() => undefined, { get: () => anything, apply: () => anything });

/** The routers of the server, without a server. */
export function createRouters() {
  const services = {
    config: readConfig({}),
    log: createLog('silent'),
    limits: createRateLimits({ rateLimits: false }, anything as ClientAddresses),
  };
  const others = new Proxy(services, { get: (own, name) => Reflect.get(own, name) ?? anything });
  const { live, routers } = createApp(others as unknown as Services);
  live.close();
  return routers;
}

/** Every operation of the server, as its routes declare them. */
export const describeOperations = (): Operation[] =>
  createRouters().flatMap(({ operations }) => [...operations]);
