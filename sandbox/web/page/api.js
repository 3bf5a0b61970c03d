import { toast } from "./dom.js";

async function request(path, options) {
  const response = await fetch(path, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `${response.status} ${response.statusText}`);
  return body;
}

const query = (fields) => new URLSearchParams(Object.entries(fields).filter(([, value]) => value)).toString();

export const get = (path, fields = {}) => request(`${path}?${query(fields)}`);

const post = (path, fields) =>
  request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fields),
  });

/** Posts to the control server; a refusal is shown, and tells the caller by `undefined`. */
export async function act(path, fields = {}) {
  try {
    return await post(path, fields);
  } catch (error) {
    toast(error.message, "error");
    return undefined;
  }
}

/** {ok} or {errors} by block; undefined where nobody took it, which the modal itself says. */
export async function submitView(fields) {
  try {
    return await post("/slack/submit", fields);
  } catch {
    return undefined;
  }
}

export async function requestLines(service) {
  const response = await fetch(`/requests?${query({ service, limit: "60" })}`);
  const text = await response.text();
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Live changes; the browser connects again by itself, and `onopen` then reads what was missed. */
export function listen(as, { onchange, onopen, onlost }) {
  const source = new EventSource(`/page/events?${query({ as })}`);
  source.addEventListener("open", onopen);
  source.addEventListener("error", onlost);
  source.addEventListener("change", (event) => onchange(JSON.parse(event.data)));
  return source;
}
