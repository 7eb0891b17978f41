/** The database cannot be opened in its current state; `message` says in one sentence why and what to do. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused';
}
