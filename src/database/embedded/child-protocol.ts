/** What the child tells its parent over the IPC channel, once: it serves, or it could not. */
export type ChildReport =
  | { readonly kind: 'serving' }
  | { readonly kind: 'in-use'; readonly holder: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** The name, inside the socket folder, that always leads to the engine's present socket. */
export const SOCKET_NAME = 'engine.sock';
