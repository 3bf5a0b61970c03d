import { h } from "./dom.js";
import { dateElement, groupMention, mention, names, safeLink } from "./inline.js";

/** One element of a rich text block: a section, list, quote or preformatted text. */
export function richElement(part) {
  switch (part.type) {
    case "rich_text_section":
      return h("div", { class: "rich" }, (part.elements ?? []).map(richInline));
    case "rich_text_list": {
      const items = (part.elements ?? []).map((item) => h("li", {}, richElement(item)));
      const depth = part.indent ? `rich-list indent-${Math.min(part.indent, 4)}` : "rich-list";
      const start = part.offset ? { start: part.offset + 1 } : {};
      return h(part.style === "ordered" ? "ol" : "ul", { class: depth, ...start }, items);
    }
    case "rich_text_preformatted":
      return h("pre", {}, h("code", {}, (part.elements ?? []).map((item) => item.text ?? item.url ?? "").join("")));
    case "rich_text_quote":
      return h("blockquote", {}, (part.elements ?? []).map(richInline));
    default:
      return "";
  }
}

function richInline(part) {
  return styled(plainInline(part), part.style ?? {});
}

function styled(node, { bold, italic, strike, code }) {
  const tags = [code && "code", bold && "strong", italic && "em", strike && "del"].filter(Boolean);
  return tags.reduce((inner, tag) => h(tag, {}, inner), node);
}

function plainInline(part) {
  switch (part.type) {
    case "text":
      return h("span", { class: "pre-line" }, part.text);
    case "link":
      return safeLink(part.url ?? "", part.text || part.url || "");
    case "user":
      return mention(part.user_id);
    case "channel":
      return h("span", { class: "mention" }, `#${names.channels.get(part.channel_id) ?? part.channel_id}`);
    case "usergroup":
      return groupMention(part.usergroup_id);
    case "broadcast":
      return h("span", { class: "mention mention-me" }, `@${part.range}`);
    case "date":
      return dateElement(part.timestamp, part.format, part.fallback);
    case "emoji":
      return part.unicode
        ? String.fromCodePoint(...part.unicode.split("-").map((code) => Number.parseInt(code, 16)))
        : `:${part.name}:`;
    default:
      return "";
  }
}
