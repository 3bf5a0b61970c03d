/** The bodies of notes and tasks are HTML to HubSpot; what we write is text. */
export function asHtml(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replaceAll(/\r?\n/g, "<br>");
}

/** The other way round, for reading: the text of a body, its markup left out. */
export function asText(html: string | null | undefined): string {
  const lines = (html ?? "").replaceAll(/<(br|\/p|\/div|\/li)\b[^<>]*>/gi, "\n").replaceAll(/<[^<>]*>/g, "");
  const text = lines.replaceAll(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => entities[name] ?? "");
  return text.trim();
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };
