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
