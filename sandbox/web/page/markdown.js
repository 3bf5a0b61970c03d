import { h } from "./dom.js";
import { markdown, mrkdwn } from "./inline.js";

const FENCE = /^\s{0,3}(```+|~~~+)\s*(\S*)/;
const LIST = /^(\s*)([-*+•]|\d{1,9}[.)])\s+(.*)$/;
const HEADING = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^\s{0,3}([-*_])(?:\s*\1){2,}\s*$/;
const DIVIDER_ROW = /^\s*\|?\s*:?-{1,}:?\s*(?:\|\s*:?-{1,}:?\s*)*\|?\s*$/;

/** Markdown as elements. A text that is still growing may end in the middle of anything. */
export function renderMarkdown(text) {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    const [node, next] = readBlock(lines, at);
    if (node) nodes.push(node);
    at = next;
  }
  return nodes;
}

function readBlock(lines, at) {
  const line = lines[at];
  if (line.trim() === "") return [undefined, at + 1];
  if (FENCE.test(line)) return readFence(lines, at);
  const heading = HEADING.exec(line);
  if (heading) {
    const level = Math.min(heading[1].length + 2, 6);
    return [h(`h${level}`, { class: `md-h md-h${heading[1].length}` }, markdown(heading[2])), at + 1];
  }
  if (RULE.test(line)) return [h("hr"), at + 1];
  if (line.trimStart().startsWith(">")) return readQuote(lines, at);
  if (isTable(lines, at)) return readTable(lines, at);
  if (LIST.test(line)) return readList(lines, at);
  return readParagraph(lines, at);
}

function readFence(lines, at) {
  const fence = FENCE.exec(lines[at])[1];
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(fence)) end += 1;
  return [h("pre", {}, h("code", {}, lines.slice(at + 1, end).join("\n"))), end + 1];
}

function readQuote(lines, at) {
  let end = at;
  while (end < lines.length && lines[end].trimStart().startsWith(">")) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(/^\s*>\s?/, ""));
  return [h("blockquote", {}, renderMarkdown(inner.join("\n"))), end];
}

function isTable(lines, at) {
  return (
    lines[at].includes("|") && at + 1 < lines.length && lines[at + 1].includes("-") && DIVIDER_ROW.test(lines[at + 1])
  );
}

function cellsOf(line) {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function readTable(lines, at) {
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|") && lines[end].trim() !== "") end += 1;
  const aligns = cellsOf(lines[at + 1]).map((cell) =>
    cell.endsWith(":") ? (cell.startsWith(":") ? "center" : "right") : undefined,
  );
  const rows = [lines[at], ...lines.slice(at + 2, end)].map(cellsOf);
  return [
    tableElement(
      rows.map((row) => row.map((cell) => markdown(cell))),
      aligns,
    ),
    end,
  ];
}

/** A table that may be wider than its message scrolls by itself, and by keyboard. */
export function tableElement([head, ...body], aligns = []) {
  const style = (index) => (aligns[index] ? `text-align: ${aligns[index]}` : undefined);
  const headRow = h(
    "tr",
    {},
    head.map((cell, index) => h("th", { scope: "col", style: style(index) }, cell)),
  );
  const rows = body.map((row) =>
    h(
      "tr",
      {},
      head.map((_, index) => h("td", { style: style(index) }, row[index] ?? [])),
    ),
  );
  const table = h("table", {}, h("thead", {}, headRow), h("tbody", {}, rows));
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" }, table);
}

function readList(lines, at) {
  const indent = LIST.exec(lines[at])[1].length;
  const ordered = /\d/.test(LIST.exec(lines[at])[2]);
  const items = [];
  let index = at;
  while (index < lines.length) {
    const found = LIST.exec(lines[index]);
    if (found && found[1].length <= indent + 1 && /\d/.test(found[2]) === ordered && found[1].length >= indent) {
      items.push([found[3]]);
      index += 1;
    } else if (items.length > 0 && /^\s+\S/.test(lines[index]) && lines[index].search(/\S/) > indent) {
      items.at(-1).push(lines[index].slice(Math.min(indent + 2, lines[index].search(/\S/))));
      index += 1;
    } else if (
      lines[index].trim() === "" &&
      LIST.test(lines[index + 1] ?? "") &&
      LIST.exec(lines[index + 1])[1].length >= indent
    ) {
      index += 1;
    } else break;
  }
  const children = items.map(([first, ...rest]) => h("li", {}, markdown(first), renderMarkdown(rest.join("\n"))));
  const start = ordered ? { start: Number.parseInt(LIST.exec(lines[at])[2], 10) } : {};
  return [h(ordered ? "ol" : "ul", start, children), index];
}

function readParagraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() !== "" && !startsBlock(lines, end)) end += 1;
  return [h("p", {}, withBreaks(lines.slice(at, end).map((line) => markdown(line.trim())))), end];
}

function startsBlock(lines, at) {
  const line = lines[at];
  return (
    FENCE.test(line) ||
    HEADING.test(line) ||
    LIST.test(line) ||
    line.trimStart().startsWith(">") ||
    isTable(lines, at) ||
    RULE.test(line)
  );
}

function withBreaks(lines) {
  return lines.flatMap((nodes, index) => (index > 0 ? [h("br"), ...nodes] : nodes));
}

/** Slack's own mark-up, as in section blocks and plain messages. */
export function renderMrkdwn(text) {
  return text.split(/```\n?([\s\S]*?)```/).flatMap((part, index) => {
    if (index % 2 === 1)
      return [
        h("pre", {}, h("code", {}, part.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"))),
      ];
    if (part.trim() === "") return [];
    return [
      h(
        "div",
        { class: "mrkdwn" },
        withBreaks(
          part
            .replace(/^\n|\n$/g, "")
            .split("\n")
            .map(mrkdwn),
        ),
      ),
    ];
  });
}
