/**
 * Whether a URI may come from a template of RFC 6570, such as `test://{id}/data`: its literal parts stand in the URI in
 * their order, with something between them. Enough to find whose resource it is; in linear time, since both come from
 * outside.
 */
export function matchesTemplate(template: string, uri: string): boolean {
  const literals = template.split(/\{[^{}]*\}/);
  const first = literals.shift() ?? "";
  const last = literals.pop();
  if (last === undefined) return uri === first;
  if (!uri.startsWith(first)) return false;
  let at = first.length;
  for (const literal of literals) {
    const found = uri.indexOf(literal, at + 1);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return uri.endsWith(last) && uri.length - last.length > at;
}
