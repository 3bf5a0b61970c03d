import { h } from "./dom.js";
import { slackDate } from "./slack-date.js";

/** Names for the ids in messages; filled in by the page when it knows the workspace. */
export const names = { people: new Map(), channels: new Map(), groups: new Map(), me: "" };

const SAFE = /^(?:https?:|mailto:)/i;

export function safeLink(url, label) {
  const children = typeof label === "string" ? [label] : label;
  if (!SAFE.test(url)) return h("span", {}, children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children);
}

export function mention(id) {
  const mine = id === names.me;
  return h("span", { class: mine ? "mention mention-me" : "mention" }, `@${names.people.get(id) ?? id}`);
}

/** A user group by its handle; whoever is in it is called. */
export function groupMention(id, label) {
  const group = names.groups.get(id);
  const words = group ? `@${group.handle}` : label || "@group";
  const mine = group?.memberIds.includes(names.me);
  return h("span", { class: mine ? "mention mention-me" : "mention", title: group?.name }, words);
}

/** A date in the words of its reader, its instant within reach. */
export function dateElement(timestamp, format, fallback) {
  const at = new Date(timestamp * 1000);
  const datetime = Number.isNaN(at.getTime()) ? undefined : at.toISOString();
  return h("time", { datetime, title: fallback ?? datetime }, slackDate(timestamp, format, fallback));
}

/** Slack's own tokens: <@U1>, <#C1|name>, <!here>, <https://…|label>. */
function token(inner) {
  const [target, label] = inner.split("|");
  if (target.startsWith("@")) return mention(target.slice(1));
  if (target.startsWith("#"))
    return h("span", { class: "mention" }, `#${label || names.channels.get(target.slice(1)) || target.slice(1)}`);
  if (target.startsWith("!date^")) {
    const [, timestamp, format] = target.split("^");
    return dateElement(Number(timestamp), format, label);
  }
  if (target.startsWith("!subteam^")) return groupMention(target.slice("!subteam^".length), label);
  if (target.startsWith("!")) return h("span", { class: "mention mention-me" }, `@${target.slice(1).split("^")[0]}`);
  return safeLink(target, label || target);
}

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const TOKEN = /^<([@#!][^>\n]+|(?:https?|mailto):[^>\n]+)>/;
const BARE_URL = /^https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?]/;

/** What opens at `at`, as [node, length], in markdown. */
function markdownToken(text, at) {
  const rest = text.slice(at);
  const code = /^(`+)(?!`)([\s\S]*?[^`])\1(?!`)/.exec(rest);
  if (code) return [h("code", {}, code[2].trim()), code[0].length];
  const slack = TOKEN.exec(rest);
  if (slack) return [token(slack[1]), slack[0].length];
  const link =
    /^\[((?:\\.|[^[\]\\]|\[[^\]]*\])*)\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+"[^"]*")?\s*\)/.exec(
      rest,
    );
  if (link) return [safeLink(link[2], markdown(link[1])), link[0].length];
  const strong = /^(\*\*|__)(?=\S)([\s\S]*?\S)\1/.exec(rest);
  if (strong) return [h("strong", {}, markdown(strong[2])), strong[0].length];
  const strike = /^~~(?=\S)([\s\S]*?\S)~~/.exec(rest);
  if (strike) return [h("del", {}, markdown(strike[1])), strike[0].length];
  const before = text[at - 1] ?? " ";
  const emphasis =
    /^\*(?=[^\s*])((?:\\.|[^*\\])*?[^\s*\\])\*(?!\*)/.exec(rest) ??
    (/\w/.test(before) ? null : /^_(?=[^\s_])((?:\\.|[^_\\])*?[^\s_\\])_(?!\w)/.exec(rest));
  if (emphasis) return [h("em", {}, markdown(emphasis[1])), emphasis[0].length];
  const url = /\w/.test(before) ? null : BARE_URL.exec(rest);
  if (url) return [safeLink(url[0], url[0]), url[0].length];
  return undefined;
}

function mrkdwnToken(text, at) {
  const rest = text.slice(at);
  const code = /^`([^`\n]+)`/.exec(rest);
  if (code) return [h("code", {}, unescape(code[1])), code[0].length];
  const slack = TOKEN.exec(rest);
  if (slack) return [token(slack[1]), slack[0].length];
  if (/\w/.test(text[at - 1] ?? " ")) return undefined;
  const marked = /^([*_~])(?=\S)([^\n]*?\S)\1(?!\w)/.exec(rest);
  if (!marked) return undefined;
  const tag = { "*": "strong", _: "em", "~": "del" }[marked[1]];
  return [h(tag, {}, mrkdwn(marked[2])), marked[0].length];
}

function scan(text, read, plain) {
  const nodes = [];
  let words = "";
  const flush = () => {
    if (words) nodes.push(plain(words));
    words = "";
  };
  for (let at = 0; at < text.length; ) {
    const character = text[at];
    if (read === markdownToken && character === "\\" && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? "")) {
      words += text[at + 1];
      at += 2;
      continue;
    }
    const found = "`<[*_~h".includes(character) ? read(text, at) : undefined;
    if (!found) {
      words += character;
      at += 1;
      continue;
    }
    flush();
    nodes.push(found[0]);
    at += found[1];
  }
  flush();
  return nodes;
}

const EMOJI = {
  white_check_mark: "✅",
  warning: "⚠️",
  x: "❌",
  wave: "👋",
  hourglass: "⏳",
  thumbsup: "👍",
  thumbsdown: "👎",
  eyes: "👀",
  lock: "🔒",
  calendar: "📅",
  telephone_receiver: "📞",
};

function withEmoji(text) {
  return text.replaceAll(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);
}

export function markdown(text) {
  return scan(text, markdownToken, (words) => withEmoji(unescape(words)));
}

export function mrkdwn(text) {
  return scan(text, mrkdwnToken, (words) => withEmoji(unescape(words)));
}
