/**
 * A request's path with secrets replaced, so that it may be logged and shown: no assessment tokens, and no segment
 * that is too long for an id, wherever it is in the path.
 */
export const redactPath = (path: string): string =>
  path.replace(/(\/tokens\/)[^/]+(?=\/)/i, '$1{token}').replace(/[^/]{32,}/g, '{hidden}');
