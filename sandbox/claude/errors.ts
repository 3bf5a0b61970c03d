/** A refusal in the vendor's format. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly type: string;

  constructor(status: number, message: string, type: string = typeOf(status)) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export function invalid(message: string): ApiError {
  return new ApiError(400, message);
}

const TYPES: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

const MESSAGES: Record<string, string> = {
  rate_limit_error: "This request would exceed your organization's rate limit. Please try again later.",
  overloaded_error: "Overloaded",
  api_error: "Internal server error",
  authentication_error: "invalid x-api-key",
  permission_error: "Your API key does not have permission to use the specified resource.",
  timeout_error: "Request timed out",
};

function typeOf(status: number): string {
  return TYPES[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
}

/** The error that a status asked for by a fault stands for. */
export function errorOfStatus(status: number): ApiError {
  const type = typeOf(status);
  return new ApiError(status, MESSAGES[type] ?? "The sandbox was told to refuse this request.", type);
}

export function errorBody(error: ApiError, requestId: string): Record<string, unknown> {
  return { type: "error", error: { type: error.type, message: error.message }, request_id: requestId };
}
