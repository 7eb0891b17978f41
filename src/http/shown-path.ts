/**
 * A request's path as it may be logged and answered: without assessment tokens, and without whatever else is
 * too long for an id, wherever in the path somebody put it.
 */
export const shownPath = (path: string): string =>
  path.replace(/(\/tokens\/)[^/]+(?=\/)/i, '$1{token}').replace(/[^/]{32,}/g, '{hidden}');
