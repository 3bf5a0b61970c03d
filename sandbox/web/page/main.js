import { Composer } from "./composer.js";
import { drawControls, drawControlsClock } from "./controls.js";
import { avatar, h, icon, iconButton, toast } from "./dom.js";
import { HomeTab } from "./home-tab.js";
import { statusLine } from "./message.js";
import { MessageList } from "./message-list.js";
import { ModalStack } from "./modal.js";
import { drawNews, drawOutside, refreshOutside } from "./outside.js";
import { drawClock, drawSidebar } from "./sidebar.js";
import { become, channelMessages, closeThread, openThread, readAddress, repliesTo, state, subscribe } from "./state.js";

const app = document.getElementById("app");
const sidebar = document.getElementById("sidebar");
const channelPane = document.getElementById("channel");
const threadPane = document.getElementById("thread");
const controls = document.getElementById("controls");
const panels = { outside: document.getElementById("outside"), controls };
/** Where a thread has room beside its channel, and where a panel has room beside both. */
const wide = window.matchMedia("(min-width: 1100px)");
const widest = window.matchMedia("(min-width: 1400px)");
/** The panel that stands open. */
let panel;

const homeTab = new HomeTab(() => drawDirect());
const modals = new ModalStack(document.getElementById("modal"));
const channelList = new MessageList("Messages", false);
const threadList = new MessageList("Thread", true);
const channelHead = h("header", { class: "pane-head" });
const channelComposer = new Composer("composer-channel", () => ({
  channel: state.channel.id,
  label: `Message ${placeName()}`,
}));
const threadComposer = new Composer("composer-thread", () => ({
  channel: state.channel.id,
  threadTs: state.threadTs,
  label: "Reply in the thread",
}));
const threadHead = h(
  "header",
  { class: "pane-head" },
  h("h2", { class: "grow" }, "Thread"),
  iconButton("close", "Close thread", leaveThread),
);

channelPane.append(channelHead, homeTab.element, channelList.element, channelComposer.element);
threadPane.append(threadHead, threadList.element, threadComposer.element);

const CLOCK_MS = 10_000;
const SUGGESTIONS = ["summarize yesterday's calls", "what did Acme say?", "objections this week", "my calls this week"];

function placeName() {
  return state.channel.kind === "im" ? "Sophia" : `#${state.channel.name}`;
}

function setDrawer(open) {
  app.classList.toggle("drawer-open", open);
}

const closeDrawer = () => setDrawer(false);

function openPanel(name) {
  closeDrawer();
  panel = panel === name ? undefined : name;
  for (const [known, box] of Object.entries(panels)) box.hidden = known !== panel;
  app.classList.toggle("panel-open", panel !== undefined);
  drawPanel();
  drawSide();
  if (panel) panels[panel].querySelector("button").focus();
}

function drawPanel() {
  if (panel === "controls") drawControls(controls, closePanel);
  if (panel === "outside") drawOutside(panels.outside, closePanel);
}

function closePanel() {
  const name = panel;
  openPanel(name);
  sidebar.querySelector(`[data-panel="${name}"]`)?.focus();
}

function leaveThread() {
  closeThread();
  channelComposer.focus();
}

function drawHead() {
  const { kind, topic, members } = state.channel;
  const mark = kind === "im" ? avatar(state.workspace.sophia) : icon(kind === "private" ? "lock" : "hash");
  const about = kind === "im" ? "Only you and Sophia read this" : topic;
  channelHead.replaceChildren(
    iconButton("menu", "Open menu", () => setDrawer(true), { class: "icon-button only-narrow" }),
    h("h1", {}, mark, h("span", { class: "ellipsis" }, kind === "im" ? "Sophia" : state.channel.name)),
    kind === "im" ? homeTab.tabs() : "",
    h("p", { class: "grow ellipsis faint topic" }, about),
    h("span", { class: "faint nowrap" }, kind === "im" ? "" : `${members} members`),
  );
}

/** The direct message, or Sophia's Home tab in its place. */
function drawDirect() {
  drawHead();
  homeTab.draw();
  for (const { element } of [channelList, channelComposer]) element.hidden = homeTab.isOpen;
}

/** What Sophia suggests here, else what can be asked anywhere. */
function suggestions() {
  const suggested = state.prompts.get(state.channel.id);
  return suggested?.length > 0 ? suggested : SUGGESTIONS.map((text) => ({ title: text, message: text }));
}

function emptyChannel() {
  const mention = state.channel.kind === "im" ? "" : "@sophia ";
  const suggest = ({ title, message }) => {
    const onclick = () => channelComposer.insert(mention + message);
    return h("button", { type: "button", class: "suggestion", title: message, onclick }, title);
  };
  return h(
    "div",
    { class: "empty" },
    h("h2", {}, state.channel.kind === "im" ? "You and Sophia" : `This is ${placeName()}`),
    h(
      "p",
      { class: "faint" },
      state.channel.withSophia
        ? "Nobody has written here yet. Ask Sophia something:"
        : "Sophia is not in this channel.",
    ),
    state.channel.withSophia && h("div", { class: "suggestion-row" }, suggestions().map(suggest)),
  );
}

function drawChannel(only) {
  channelList.show(channelMessages(), { empty: emptyChannel(), only });
}

function drawThread(only) {
  const root = state.messages.get(state.threadTs);
  threadPane.hidden = !root;
  app.classList.toggle("thread-open", Boolean(root));
  if (!root) return;
  threadList.show([root, ...repliesTo(root.ts)], { tail: [statusLine(root.ts)].flat(), only });
}

function drawSide() {
  drawSidebar(sidebar, { closeDrawer, openPanel, panel });
}

const isRoomBeside = () => (panel ? widest : wide).matches;

/** Who asked in a channel is shown the answer: the thread opens by itself where there is room beside the channel. */
function followAnswer({ threadTs, type, author }) {
  if (type !== "added" || !author?.bot || !threadTs || !isRoomBeside()) return;
  const root = state.messages.get(threadTs);
  const latestOfMine = channelMessages().findLast((message) => message.author.id === state.me.id);
  if (root && root === latestOfMine && state.threadTs !== threadTs) openThread(threadTs);
}

function onMessage(detail) {
  const rootTs = detail.threadTs ?? detail.ts;
  drawChannel(rootTs);
  if (state.threadTs === rootTs) drawThread(detail.ts);
  followAnswer(detail);
}

subscribe((what, detail) => {
  if (what === "message") return onMessage(detail);
  if (what === "modals") return modals.draw();
  if (what === "home") return homeTab.draw();
  if (what === "prompts") return drawChannel();
  if (["workspace", "unread", "connection", "news"].includes(what)) drawSide();
  if (what === "workspace") drawPanel();
  if (what === "news" && panel === "outside") drawNews();
  if (what === "outside" && panel === "outside") refreshOutside(detail.service);
  if (what === "connection" && panel === "controls") drawControlsClock(controls);
  if (what === "channel") {
    drawSide();
    drawDirect();
    drawChannel();
    channelComposer.relabel();
    if (state.channel.kind === "im" && !homeTab.isOpen) homeTab.open("messages");
  }
  if (what === "channel" || what === "thread") {
    drawThread();
    threadComposer.relabel();
    if (what === "thread" && state.threadTs && wide.matches) threadComposer.focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (app.classList.contains("drawer-open")) closeDrawer();
  else if (panel) closePanel();
  else if (state.threadTs && !event.target.closest?.(".edit-box")) leaveThread();
});

app.addEventListener("click", (event) => {
  if (event.target === app) closeDrawer();
});

setInterval(() => state.me && drawClock(sidebar), CLOCK_MS);

const { as, channel, thread } = readAddress();
become(as, channel, thread).catch((error) => toast(error.message, "error"));
