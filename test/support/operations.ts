import { createApp } from '../../src/app.ts';
import type { Operation } from '../../src/http/operation.ts';
import type { Services } from '../../src/services.ts';

/** Every operation of the server, as its routes declare them. */
export function operationsOf(services: Services): Operation[] {
  const { live, routers } = createApp(services);
  live.close();
  return routers.flatMap(({ operations }) => [...operations]);
}
