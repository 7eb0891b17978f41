/** Something with a current address. */
export interface Served {
  readonly url: string;
}
