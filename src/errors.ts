/** One mistake in what was sent: where it is (`payload.option_id`; '' means the whole body) and what is wrong. */
export interface FieldError {
  path: string;
  message: string;
}

/** What a refusal may contain besides its reason. */
export interface RefusalDetails {
  /** All wrong fields, not only the first. */
  errors?: FieldError[];
  /** The attempt's state, for a refused event. */
  state?: unknown;
  /** The event types that the attempt accepts now. */
  allowed_events?: readonly string[];
  /** The server's time, if the front end's clock is ahead. */
  server_time?: Date;
  /** The newest version of a task, for an edit of an older one. */
  current?: { task_id: string; version: number };
  /** Seconds to wait before trying again; sent as `Retry-After`. */
  retry_after?: number;
}

/**
 * An expected "no" with a stable code. Only errors of this class are shown to callers; any other error becomes
 * a 500 that reveals nothing about the server's internals.
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

/** The status and code of all refusals of one kind. */
export interface RefusalKind {
  readonly status: number;
  readonly code: string;
}

/** Makes refusals of one kind, and tells which. */
const refusal = (status: number, code: string) =>
  Object.assign((detail: string, details?: RefusalDetails) => new Refusal(status, code, detail, details), {
    status,
    code,
  } satisfies RefusalKind);

/* The request itself is wrong. */
export const malformedRequest = refusal(400, 'malformed_request');
/** Like `malformedRequest`, with the status (400 to 499) chosen by Koa or its middleware. */
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

const invalid = refusal(422, 'validation_failed');
export const validationFailed = Object.assign(
  (errors: FieldError[], details?: RefusalDetails) => invalid(summary(errors), { errors, ...details }),
  { status: invalid.status, code: invalid.code } satisfies RefusalKind,
);

/* The current state does not allow the request. */
export const sequenceViolation = refusal(409, 'sequence_violation');
/** For an event in a batch that follows a refused one. */
export const notTried = refusal(409, 'not_tried');
/** For a `client_event_id` that the attempt already has for a different event. */
export const eventIdReused = refusal(409, 'event_id_reused');
/** For an event that does not fit into an attempt any more; one that completes or abandons it always does. */
export const attemptFull = refusal(409, 'attempt_full');
/** For the results of an attempt with far more events than an attempt may have. */
export const attemptTooLarge = refusal(409, 'attempt_too_large');
export const attemptLocked = refusal(409, 'attempt_locked');
export const attemptExpired = refusal(409, 'attempt_expired');
export const attemptNotRedeemed = refusal(409, 'attempt_not_redeemed');
export const attemptNotCompleted = refusal(409, 'attempt_not_completed');
export const alreadyAttempted = refusal(409, 'already_attempted');
export const tokenUsed = refusal(409, 'token_used');
export const tokenExpired = refusal(410, 'token_expired');
export const tokenRevoked = refusal(410, 'token_revoked');
export const taskInactive = refusal(409, 'task_inactive');
export const staleVersion = refusal(409, 'stale_version');
export const duplicate = refusal(409, 'duplicate');
export const emailTaken = refusal(409, 'email_taken');
export const ownAccount = refusal(409, 'own_account');
export const lastAdmin = refusal(409, 'last_admin');

/* The server cannot serve the request now. */

export const DATABASE_UNAVAILABLE: RefusalKind = { status: 503, code: 'database_unavailable' };
export const INTERNAL_ERROR: RefusalKind = { status: 500, code: 'internal_error' };
export const JOURNAL_UNREPLAYABLE: RefusalKind = { status: 500, code: 'journal_unreplayable' };

/**
 * The database cannot be reached. Whether a write was carried out is then unknown, unless the request was refused
 * before anything was sent.
 */
export class DatabaseUnavailable extends Refusal {
  readonly isNothingStored: boolean;

  constructor(detail: string, isNothingStored: boolean, cause?: unknown) {
    super(DATABASE_UNAVAILABLE.status, DATABASE_UNAVAILABLE.code, detail, { retry_after: 2 });
    this.isNothingStored = isNothingStored;
    this.cause = cause;
  }
}

/** Only for what failed before anything was sent to be stored. */
export const nothingStored = (cause?: unknown) =>
  new DatabaseUnavailable(
    'The database cannot be reached, so nothing was stored. Send the same request again shortly.',
    true,
    cause,
  );
/** For everything else that the database did not answer. @param advice what the caller should do, as half a sentence */
export const outcomeUnknown = (cause: unknown, advice = 'look before you send the request again') =>
  new DatabaseUnavailable(
    `The database did not answer. It is unknown whether it was stored; ${advice}.`,
    false,
    cause,
  );
/** For requests that only read. */
export const readUnanswered = (cause: unknown) =>
  new DatabaseUnavailable('The database did not answer. Send the same request again shortly.', false, cause);
export const overloaded = refusal(503, 'overloaded');
/** Reveals nothing about the server's internals; `cause` is for the log. */
export const internalError = (cause: unknown) => {
  const error = new Refusal(
    INTERNAL_ERROR.status,
    INTERNAL_ERROR.code,
    'Something went wrong inside the server; it was logged.',
  );
  error.cause = cause;
  return error;
};

/** An attempt's journal contains events that its machine does not allow, so no further event can be judged. */
export class UnreplayableJournal extends Refusal {
  /** @param cause what is wrong, for the log; callers learn only that this attempt is damaged. */
  constructor(cause: string) {
    super(
      JOURNAL_UNREPLAYABLE.status,
      JOURNAL_UNREPLAYABLE.code,
      'The record of this attempt is damaged; please report it.',
    );
    this.cause = cause;
  }
}

function summary(errors: FieldError[]): string {
  const first = errors.slice(0, 3).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = errors.length > 3 ? ` (and ${errors.length - 3} more)` : '';
  return `The request is not valid: ${first.join('; ')}${more}.`;
}
