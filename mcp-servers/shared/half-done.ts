import { ServiceError } from "../../src/core/errors.ts";

/** A second write, where the vendor takes only one at a time. What fails then says that the first one is done. */
export async function afterwards<Value>(done: string, second: () => Promise<Value>): Promise<Value> {
  try {
    return await second();
  } catch (error) {
    throw error instanceof ServiceError ? reworded(error, done, error.outcomeUnknown) : error;
  }
}

/** What is read after a write, for its answer. Where that fails the write is done all the same, as a look-up finds. */
export async function readAfter<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof ServiceError ? reworded(error, "It was written, but cannot be read again:", true) : error;
  }
}

function reworded(error: ServiceError, done: string, outcomeUnknown: boolean): ServiceError {
  const { message, service, status, retryAfterSeconds, retryable, retried } = error;
  const options = { service, status, retryAfterSeconds, retryable, retried, outcomeUnknown, cause: error };
  return new ServiceError(`${done} ${message}`, options);
}
