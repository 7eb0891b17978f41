/** Where something is served now. */
export interface Served {
  readonly url: string;
}
