import { ServiceError } from "../../src/core/errors.ts";
import { type HttpResponse, retryAfterSeconds } from "../../src/core/http.ts";

/** What this server can say better than in general: which setting is wrong, which permission is missing. */
export interface VendorAdvice {
  /** As a person says it: "Gong". */
  service: string;
  /** After "Gong refused our credentials (401).": which variables to check, and where their values come from. */
  credentials: string;
  /** After "Gong does not let Sophia do this (403).": which permission to give, and where. */
  permission: string;
  /**
   * What the vendor's own words in a refusal say more exactly: which scope is missing, which field is wrong, that the plan has
   * no such thing. Undefined where the status alone says it. `message` is shown to a model and a person, so it may quote the
   * vendor's field names and reasons, but never what could be somebody's data or a secret.
   */
  recognise?: ((response: HttpResponse) => { message: string; retryable: boolean } | undefined) | undefined;
}

/**
 * A vendor's refusal in the house's one shape: what happened, whose fault it is, what to do, when to try again. The answer's
 * body is kept in `cause` only: it may quote what was sent.
 */
export function vendorError(advice: VendorAdvice, response: HttpResponse, now: number): ServiceError {
  const { service } = advice;
  const { status } = response;
  const seconds = retryAfterSeconds(response.headers, now);
  const words = advice.recognise?.(response) ?? describe(advice, status, seconds);
  return new ServiceError(words.message, {
    service,
    status,
    retryable: words.retryable,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    cause: { body: response.text.slice(0, 4000) },
  });
}

function describe(
  advice: VendorAdvice,
  status: number,
  seconds: number | undefined,
): { message: string; retryable: boolean } {
  const { service } = advice;
  const later = seconds === undefined ? "in a minute" : `in ${spell(seconds)}`;
  if (status === 401) {
    return { message: `${service} refused our credentials (401). ${advice.credentials}`, retryable: false };
  }
  if (status === 403) {
    return { message: `${service} does not let Sophia do this (403). ${advice.permission}`, retryable: false };
  }
  if (status === 429) {
    return { message: `${service}'s request limit is used up. Try again ${later}.`, retryable: true };
  }
  if (status >= 500) {
    return { message: `${service} is failing on its side (${status}). Try again ${later}.`, retryable: true };
  }
  return {
    message: `${service} did not accept the request (${status}). Check the ids and dates in it.`,
    retryable: false,
  };
}

/** "40 s", "25 min", "3 h". */
function spell(seconds: number): string {
  if (seconds < 120) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 7200) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.ceil(seconds / 3600)} h`;
}

/**
 * What to throw in place of the failure of a request that was sent once and cannot be repeated: where nothing came back, or the
 * vendor failed in mid-work, it may have been carried out, and must not look as if it had not been. `look`: where to see
 * whether it was, as a whole sentence.
 */
export function withUnknownOutcome(error: unknown, look: string): unknown {
  if (!isOutcomeUnknown(error) || error.outcomeUnknown) return error;
  const { service, status, cause } = error;
  const what = status === undefined ? "gave no answer" : `failed on its side (${status})`;
  const message = `${service} ${what}, so that it is not known whether this was carried out. ${look}`;
  return new ServiceError(message, { service, status, retryable: false, retried: true, outcomeUnknown: true, cause });
}

/** The same for a request that sets what is known: it was repeated, and may be again, so that its own words hold. */
export function withUnknownChange(error: unknown): unknown {
  if (!isOutcomeUnknown(error)) return error;
  const { message, service, status, retryAfterSeconds, retryable, retried, cause } = error;
  const options = { service, status, retryAfterSeconds, retryable, retried, cause };
  return new ServiceError(message, { ...options, outcomeUnknown: true });
}

/** Nothing came back of it, or nothing that says that it was not done. */
function isOutcomeUnknown(error: unknown): error is ServiceError {
  return error instanceof ServiceError && (error.status === undefined || error.status >= 500);
}

/** The vendor answered, but not in the form that its documentation says. `outcomeUnknown`: to a write. */
export function unknownFormError(service: string, cause: unknown, outcomeUnknown = false): ServiceError {
  const message = `${service} answered in a form that this version of Sophia does not know. Tell whoever runs Sophia.`;
  return new ServiceError(message, { service, outcomeUnknown, cause });
}
