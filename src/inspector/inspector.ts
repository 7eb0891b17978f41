import type { IdentifyCaller } from '../http/authenticate.ts';
import type { ApiRouter, BareContext, Next } from '../http/context.ts';
import { pageRoutes } from './page-routes.ts';
import { ReadOnlyPass } from './read-only-pass.ts';
import { type StatesRoutesServices, statesRoutes } from './states-routes.ts';

/** The developers' page and what it needs of the app. */
export interface Inspector {
  /** Identifies callers as the accounts do; outside production it accepts the page's passes, too. */
  identify: IdentifyCaller;
  /** Middleware between authentication and all routes. */
  guard: (ctx: BareContext, next: Next) => Promise<unknown>;
  routers: ApiRouter[];
  /** The part after `/machines` of the link that lets a developer in without a log-in; undefined in production. */
  fragment: string | undefined;
}

export interface InspectorServices extends StatesRoutesServices {
  config: { production: boolean };
  accounts: { identify: IdentifyCaller };
}

export function createInspector(services: InspectorServices): Inspector {
  const { config, accounts } = services;
  const pass = config.production ? undefined : new ReadOnlyPass();
  return {
    identify: pass?.identify(accounts.identify) ?? accounts.identify,
    guard: pass?.guard ?? ((_ctx, next) => next()),
    routers: [statesRoutes(services), pageRoutes({ pass })],
    fragment: pass && `#key=${pass.key}`,
  };
}
