/** Milliseconds within which the database has to answer; a request that waits can then be refused within 3 s. */
export const ANSWER_MS = 2800;

/** The database did not answer in time; what became of the call is unknown. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/**
 * Waits for a call of the database, but not for ever.
 *
 * The driver has time-outs of its own, but driver 7.9 waits without an end for a call whose connection the other
 * side closed a moment before it was sent, which is what a database that is restarted does: a socket that is
 * destroyed takes no data and will never report that it can take more.
 * @throws NoAnswer after `patienceMs`
 */
export async function answered<T>(call: Promise<T>, patienceMs = ANSWER_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`No answer within ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
