/** Milliseconds within which the database must answer, so that a waiting request can be refused within 3 s. */
export const ANSWER_MS = 2800;

/** The database did not answer in time; the outcome of the call is unknown. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/**
 * Waits for a database call, but not forever.
 *
 * The driver has its own time-outs, but driver 7.9 can still wait endlessly: if the other side closes a connection
 * just before a call is sent, as a restarting database does, the driver waits for the destroyed socket to drain,
 * which never happens.
 * @throws NoAnswer after `patienceMs`
 */
export async function awaitAnswer<T>(call: Promise<T>, patienceMs = ANSWER_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new NoAnswer(`No answer within ${patienceMs} ms`));
    // If this process was busy, the answer may have arrived without having been read yet.
    timer = setTimeout(() => setImmediate(giveUp), patienceMs);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
