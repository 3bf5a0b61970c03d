const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text as content or attribute: whatever is in it, it stays text. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? "");
}

type Attributes = Readonly<Record<string, string | number>>;

/** `inner` is SVG already. */
export function element(name: string, attributes: Attributes, inner = ""): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(shortened(value)))}"`);
  return inner === "" ? `<${name}${list.join("")}/>` : `<${name}${list.join("")}>${inner}</${name}>`;
}

export function label(text: string, attributes: Attributes): string {
  return text === "" ? "" : element("text", attributes, escaped(text));
}

function shortened(value: string | number): string | number {
  return typeof value === "number" ? Math.round(value * 100) / 100 : value;
}
