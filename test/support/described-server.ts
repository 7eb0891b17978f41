import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { ClientAddresses } from '../../src/http/client-address.ts';
import { createRateLimits } from '../../src/http/rate-limits.ts';
import { createLog } from '../../src/log.ts';
import { buildAsyncApi } from '../../src/reference/asyncapi.ts';
import { buildOpenApi } from '../../src/reference/openapi.ts';
import type { Services } from '../../src/services.ts';

/** Stands for whatever a service is asked for: the routes only keep it until a request comes. */
const anything: object = new Proxy(() => undefined, { get: () => anything, apply: () => anything });

/** The server's own documents, without a server; closed, so that a field that they do not name is found. */
export function describeServer() {
  const config = readConfig({});
  const limits = createRateLimits({ rateLimits: false }, anything as ClientAddresses);
  const services = { config, log: createLog('silent'), limits };
  const any = new Proxy(services, { get: (own, name) => Reflect.get(own, name) ?? anything });
  const { live, routers } = createApp(any as unknown as Services);
  live.close();
  const operations = routers.flatMap((router) => router.operations);
  const options = { version: 'tests', isClosed: true };
  return {
    openApi: buildOpenApi(operations, options),
    asyncApi: buildAsyncApi({ ...options, host: 'localhost' }),
  };
}
