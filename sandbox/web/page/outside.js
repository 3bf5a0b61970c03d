import { get } from "./api.js";
import { h, iconButton, toast } from "./dom.js";
import { Browser, dealBrowser, taskBrowser } from "./outside-browse.js";
import { recordCard } from "./outside-record.js";
import { seeNews, state } from "./state.js";

const TABS = [
  { service: "hubspot", name: "HubSpot", about: "Deals, contacts, companies, notes and tasks", browse: dealBrowser },
  { service: "asana", name: "Asana", about: "Tasks, comments and projects", browse: taskBrowser },
  { service: "pinecone", name: "Pinecone", about: "Passages and indexes" },
  { service: "pulumi", name: "Pulumi", about: "Stacks and deployments" },
  { service: "slack", name: "Slack", about: "Messages that wait for their time" },
];
/** What goes on by itself is looked at again after this. */
const AGAIN_MS = 2000;

let service = TABS[0].service;
/** Of the tab that stands open. */
let records;
let browser;
let again;
/** What was asked last: an answer that comes later than its successor's is dropped. */
let asking = 0;
const tabs = new Map();

/** The panel with the services' records as they stand in the stand-ins. */
export function drawOutside(box, close) {
  tabs.clear();
  const list = h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": "Services", onkeydown: moveAlong },
    TABS.map(tab),
  );
  const body = h("div", { class: "panel-scroll", role: "tabpanel", id: "outside-body", tabindex: "0" });
  box.replaceChildren(
    h(
      "header",
      { class: "pane-head" },
      h("h2", { class: "grow" }, "Outside"),
      iconButton("close", "Close Outside", close),
    ),
    list,
    body,
  );
  openTab(service, body);
}

function tab({ service: own, name }) {
  const button = h(
    "button",
    {
      type: "button",
      role: "tab",
      id: `tab-${own}`,
      "aria-controls": "outside-body",
      onclick: () => openTab(own, document.getElementById("outside-body")),
    },
    name,
    h("span", { class: "tab-news" }),
  );
  tabs.set(own, button);
  return button;
}

/** As in every list of tabs: the arrows go from one to the next. */
function moveAlong(event) {
  const step = { ArrowRight: 1, ArrowLeft: TABS.length - 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const next = TABS[(TABS.findIndex((one) => one.service === service) + step) % TABS.length];
  openTab(next.service, document.getElementById("outside-body"));
  tabs.get(next.service).focus();
}

function openTab(wanted, body) {
  service = wanted;
  const { about, name, browse } = TABS.find((one) => one.service === wanted);
  body.setAttribute("aria-labelledby", `tab-${wanted}`);
  records = h("div", { class: "records", "aria-live": "polite" });
  browser = browse && new Browser(browse);
  body.replaceChildren(
    h(
      "section",
      {},
      h("h3", {}, "Changed since the start"),
      h("p", { class: "faint" }, `${about} in ${name}.`),
      records,
    ),
    browser ? browser.element : "",
  );
  body.scrollTop = 0;
  seeNews(wanted);
  drawNews();
  void load();
}

/** Which tab stands open, and where there is something new. */
export function drawNews() {
  for (const [own, button] of tabs) {
    button.setAttribute("aria-selected", String(own === service));
    button.tabIndex = own === service ? 0 : -1;
    const isNew = own !== service && state.news.has(own);
    const mark = button.querySelector(".tab-news");
    mark.replaceChildren(isNew ? h("span", { class: "tab-dot", role: "img", "aria-label": "news" }) : "");
  }
}

/** Something changed in a service. */
export function refreshOutside(changed) {
  if (changed !== service) return;
  seeNews(service);
  void load();
  void browser?.load();
}

async function load() {
  clearTimeout(again);
  const mine = ++asking;
  try {
    const { records: found } = await get("/page/outside", { as: state.me.id, service });
    if (mine !== asking) return;
    records.replaceChildren(...(found.length > 0 ? found.map(recordCard) : [nothing()]));
    const isShown = records.checkVisibility();
    if (isShown && found.some(({ isMoving }) => isMoving)) again = setTimeout(() => void load(), AGAIN_MS);
  } catch (error) {
    toast(error.message, "error");
  }
}

function nothing() {
  const words =
    service === "slack"
      ? "No message waits for its time."
      : "Nothing yet. What Sophia or anybody else changes here appears at once.";
  return h("p", { class: "nothing" }, words);
}
