/** What the child reports to its parent once, over the IPC channel: whether it serves or why it cannot. */
export type ChildReport =
  | { readonly kind: 'serving' }
  | { readonly kind: 'in-use'; readonly holder: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** A name in the socket folder that always points to the engine's current socket. */
export const SOCKET_NAME = 'engine.sock';
