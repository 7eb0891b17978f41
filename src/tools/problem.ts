/** Something the user of a command can mend; the message says how. */
export class Problem extends Error {}

/** The command line cannot be followed; the message says why. */
export class UsageError extends Problem {}
