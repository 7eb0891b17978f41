/** Something the user of a command can mend; the message says how. */
export class Problem extends Error {
  override readonly name: string = 'Problem';
}

/** The command line cannot be followed; the message says why. */
export class UsageError extends Problem {
  override readonly name = 'UsageError';
}
