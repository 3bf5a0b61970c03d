import { ServiceError } from "../../src/core/errors.ts";

/** The second of two writes, of which Asana can take only one at a time. What fails then says that the first one is done. */
export async function afterwards(done: string, second: () => Promise<unknown>): Promise<void> {
  try {
    await second();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { service, status, retryAfterSeconds, retryable, retried } = error;
    const options = { service, status, retryAfterSeconds, retryable, retried, cause: error };
    throw new ServiceError(`${done} ${error.message}`, options);
  }
}
