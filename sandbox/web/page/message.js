import { act } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { avatar, h, iconButton } from "./dom.js";
import { renderMrkdwn } from "./markdown.js";
import { messageMenu } from "./message-menu.js";
import { isRunning, isSuspended, openThread, repliesTo, state } from "./state.js";
import { clockTime, fullTime } from "./time.js";

const GROUPED_SECONDS = 300;

/** Consecutive messages of one author stand together under one name. */
export function follows(previous, message) {
  return (
    previous !== undefined &&
    previous.author.id === message.author.id &&
    !previous.ephemeral &&
    !message.ephemeral &&
    Number(message.ts) - Number(previous.ts) < GROUPED_SECONDS
  );
}

/** One message; `inThread` leaves the way into its thread out. */
export function messageElement(message, { grouped = false, inThread = false } = {}) {
  const element = h("article", { class: "message", "data-ts": message.ts });
  fillMessage(element, message, { grouped, inThread });
  return element;
}

/** Draws a message anew in its own element, so that a growing answer neither jumps nor loses the reader's place. */
export function fillMessage(element, message, { grouped, inThread }) {
  const { author, ts } = message;
  element.className = [
    "message",
    grouped && "grouped",
    message.ephemeral && "ephemeral",
    message.streaming && "streaming",
  ]
    .filter(Boolean)
    .join(" ");
  element.setAttribute("aria-label", `${author.name}, ${clockTime(ts)}`);
  const words = grouped ? clockTime(ts).replace(/\s?[AP]M$/, "") : clockTime(ts);
  const time = h("time", { datetime: new Date(Number(ts) * 1000).toISOString(), title: fullTime(ts) }, words);
  const head = h(
    "header",
    {},
    h("span", { class: "author" }, author.name),
    author.bot && h("span", { class: "badge" }, "App"),
    time,
  );
  element.replaceChildren(
    h("div", { class: "gutter" }, grouped ? time : avatar(author)),
    h(
      "div",
      { class: "message-body" },
      grouped ? [] : head,
      message.ephemeral && h("div", { class: "faint small-text" }, "Only visible to you"),
      contentOf(message),
      message.files?.length > 0 &&
        h(
          "ul",
          { class: "file-list" },
          message.files.map((name) => h("li", {}, name)),
        ),
      // An app's blocks change without a word, as in Slack.
      message.edited && !(author.bot && message.blocks?.length) && h("span", { class: "faint small-text" }, "(edited)"),
      reactions(message),
      inThread ? [] : threadSummary(message),
    ),
    tools(element, message, inThread),
  );
}

/** Blocks of an answer: what has none of these is something by itself, such as a question for consent. */
const ANSWER = new Set(["markdown", "task_card", "plan", "context_actions"]);

const isCard = ({ author }, blocks) => author.bot && blocks.length > 1 && !blocks.some(({ type }) => ANSWER.has(type));

function contentOf(message) {
  const blocks = message.blocks?.filter((block) => block.type !== "rich_text" || message.author.bot) ?? [];
  const press = (actionId, value) =>
    act("/slack/press", { user: state.me.id, channel: message.channel, ts: message.ts, actionId, value });
  const body = blocks.length > 0 ? renderBlocks(blocks, press) : renderMrkdwn(message.text);
  const waiting = message.streaming && body.length === 0;
  return h(
    "div",
    { class: isCard(message, blocks) ? "message-content message-card" : "message-content" },
    body,
    waiting && h("span", { class: "typing", "aria-label": "is writing" }, h("i"), h("i"), h("i")),
  );
}

function reactions(message) {
  if (!message.reactions?.length) return [];
  return h(
    "div",
    { class: "reactions" },
    message.reactions.map(({ name, count }) => h("span", { class: "reaction" }, `:${name}: ${count}`)),
  );
}

function threadSummary(message) {
  const replies = repliesTo(message.ts).filter(({ ephemeral }) => !ephemeral);
  if (replies.length === 0) return statusLine(message.ts);
  const people = [...new Map(replies.map(({ author }) => [author.id, author])).values()].slice(0, 4);
  const words = `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`;
  return [
    h(
      "button",
      { type: "button", class: "thread-summary", onclick: () => openThread(message.ts) },
      people.map(avatar),
      h("span", { class: "link" }, words),
      h("span", { class: "faint" }, `Last at ${clockTime(replies.at(-1).ts)}`),
    ),
    statusLine(message.ts),
  ];
}

/** "Sophia is reading Gong…", and a way to stop her; or that she waits. */
export function statusLine(rootTs) {
  if (isSuspended(rootTs)) return waitingLine();
  const status = state.threads.get(rootTs)?.status;
  const running = isRunning(rootTs);
  if (!status && !running) return [];
  const stop = () => act("/slack/stop", { user: state.me.id, channel: state.channel.id, threadTs: rootTs });
  const words = status ? `Sophia ${status}` : "Sophia is at work";
  return h(
    "div",
    { class: "status" },
    h("span", { class: "spinner" }),
    h("span", { class: "grow", role: "status" }, /[.…]$/.test(words) ? words : `${words}…`),
    running && h("button", { type: "button", class: "button small stop", onclick: stop }, "Stop"),
  );
}

function waitingLine() {
  const words = h("span", { role: "status" }, "Sophia waits for a decision");
  return h("div", { class: "status waiting" }, h("span", { class: "waiting-mark", "aria-hidden": "true" }), words);
}

function tools(element, message, inThread) {
  if (message.ephemeral) return [];
  const mine = message.author.id === state.me.id;
  return h(
    "div",
    { class: "message-tools" },
    !inThread && iconButton("reply", "Reply in thread", () => openThread(message.ts), { class: "icon-button small" }),
    mine && iconButton("edit", "Edit message", () => editInPlace(element, message), { class: "icon-button small" }),
    messageMenu(message),
  );
}

function editInPlace(element, message) {
  const box = h("textarea", { class: "edit-box", rows: "2", "aria-label": "Edit message" });
  box.value = message.typed ?? message.text;
  const cancel = () =>
    fillMessage(element, message, {
      grouped: element.classList.contains("grouped"),
      inThread: element.closest("#thread") !== null,
    });
  const save = async () => {
    const done = await act("/slack/edit", {
      user: state.me.id,
      channel: message.channel,
      ts: message.ts,
      text: box.value,
    });
    if (done) cancel();
  };
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void save();
    }
  });
  const buttons = [
    h("button", { type: "button", class: "button", onclick: cancel }, "Cancel"),
    h("button", { type: "button", class: "button primary", onclick: save }, "Save"),
  ];
  element.querySelector(".message-content").replaceChildren(box, h("div", { class: "block-actions" }, buttons));
  box.focus();
}
