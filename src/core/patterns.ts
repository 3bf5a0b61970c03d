/** Patterns over names like `gong__get_calls`: literal, with `*` for any run of characters. */

const compiled = new Map<string, RegExp>();

export function matches(pattern: string, name: string): boolean {
  if (!pattern.includes("*")) return pattern === name;
  let expression = compiled.get(pattern);
  if (!expression) {
    const literals = pattern.split("*").map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"));
    expression = new RegExp(`^${literals.join(".*")}$`);
    compiled.set(pattern, expression);
  }
  return expression.test(name);
}

export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matches(pattern, name));
}

/** The value of the most specific pattern: the one with the most literal characters. */
export function mostSpecific<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  const fitting = Object.keys(table).filter((pattern) => matches(pattern, name));
  const literals = (pattern: string) => pattern.replaceAll("*", "").length;
  const best = fitting.sort((a, b) => literals(b) - literals(a))[0];
  return best === undefined ? undefined : table[best];
}
