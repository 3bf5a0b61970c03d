/** An address below the API's origin: each part is encoded, and one that would lead elsewhere is refused. Throws TypeError. */
export function path(fixed: TemplateStringsArray, ...parts: string[]): string {
  return fixed.reduce((whole, text, index) => whole + encoded(parts[index - 1] ?? "") + text);
}

function encoded(part: string): string {
  if (part === "" || part === "." || part === "..") throw new TypeError(`"${part}" is no part of an address`);
  return encodeURIComponent(part);
}

/** With its question mark; parts without a value are left out. */
export function query(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? "" : `?${search.toString()}`;
}
