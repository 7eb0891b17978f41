/** One thing that is wrong with what was sent: where (`payload.option_id`; '' is the whole) and what. */
export interface FieldError {
  path: string;
  message: string;
}

/** What a refusal may carry besides its reason. */
export interface RefusalDetails {
  /** Every field that is wrong, not only the first. */
  errors?: FieldError[];
  /** The attempt's state, for a refused event. */
  state?: unknown;
  /** The event types that the attempt would take now. */
  allowed_events?: readonly string[];
  /** Seconds after which trying again makes sense; sent as `Retry-After`. */
  retry_after?: number;
}

/**
 * An expected "no" with a stable code. Everything a caller may see of an error goes through this class;
 * any other error is a 500 that says nothing about the inside.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly details: RefusalDetails;

  constructor(status: number, code: string, detail: string, details: RefusalDetails = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

const refusal = (status: number, code: string) => (detail: string, details?: RefusalDetails) =>
  new Refusal(status, code, detail, details);

/* What the request itself does wrong. */
export const malformedRequest = refusal(400, 'malformed_request');
/** As `malformedRequest`, with the status that Koa or one of its middleware has chosen, from 400 to 499. */
export const unreadableRequest = (status: number, detail: string) =>
  new Refusal(status, 'malformed_request', detail);
export const notAuthenticated = refusal(401, 'not_authenticated');
export const invalidCredentials = refusal(401, 'invalid_credentials');
export const forbidden = refusal(403, 'forbidden');
export const notFound = refusal(404, 'not_found');
export const methodNotAllowed = refusal(405, 'method_not_allowed');
export const requestTimeout = refusal(408, 'request_timeout');
export const bodyTooLarge = refusal(413, 'body_too_large');
export const unsupportedMediaType = refusal(415, 'unsupported_media_type');
export const tooManyRequests = refusal(429, 'too_many_requests');
export const headersTooLarge = refusal(431, 'headers_too_large');

export const validationFailed = (errors: FieldError[], details?: RefusalDetails) =>
  new Refusal(422, 'validation_failed', summary(errors), { errors, ...details });

/* What the state of things forbids. */
export const sequenceViolation = refusal(409, 'sequence_violation');
/** Of an event in a batch, after one that was refused. */
export const notTried = refusal(409, 'not_tried');
export const attemptLocked = refusal(409, 'attempt_locked');
export const attemptExpired = refusal(409, 'attempt_expired');
export const attemptNotRedeemed = refusal(409, 'attempt_not_redeemed');
export const attemptNotCompleted = refusal(409, 'attempt_not_completed');
export const alreadyAttempted = refusal(409, 'already_attempted');
export const tokenUsed = refusal(409, 'token_used');
export const tokenExpired = refusal(410, 'token_expired');
export const tokenRevoked = refusal(410, 'token_revoked');
export const taskInactive = refusal(409, 'task_inactive');
export const duplicate = refusal(409, 'duplicate');
export const emailTaken = refusal(409, 'email_taken');
export const ownAccount = refusal(409, 'own_account');
export const lastAdmin = refusal(409, 'last_admin');

/* What the server cannot do just now. */
export const databaseUnavailable = (cause?: unknown) => {
  const error = new Refusal(
    503,
    'database_unavailable',
    'The database cannot be reached, so nothing was stored. Send the same request again shortly.',
    { retry_after: 2 },
  );
  error.cause = cause;
  return error;
};
export const overloaded = refusal(503, 'overloaded');
/** Says nothing of the inside; `cause` is for the log. */
export const internalError = (cause: unknown) => {
  const error = new Refusal(500, 'internal_error', 'Something went wrong inside the server; it was logged.');
  error.cause = cause;
  return error;
};

/** The journal of an attempt holds what its machine does not allow: nothing can be decided on it. */
export class UnreplayableJournal extends Refusal {
  /** @param cause what does not fit, for the log; callers learn only that this one attempt is broken. */
  constructor(cause: string) {
    super(500, 'journal_unreplayable', 'The record of this attempt is damaged; please report it.');
    this.cause = cause;
  }
}

function summary(errors: FieldError[]): string {
  const shown = errors.slice(0, 3).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = errors.length > 3 ? ` (and ${errors.length - 3} more)` : '';
  return `The request does not fit: ${shown.join('; ')}${more}.`;
}
