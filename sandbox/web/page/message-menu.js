import { act } from "./api.js";
import { h, icon } from "./dom.js";
import { state } from "./state.js";

/** As manifest.json names them; Slack shows an installed app's shortcuts at every message. */
const SHORTCUTS = [
  ["Summarize with Sophia", "sophia_summarize"],
  ["Create a task", "sophia_create_task"],
];

/** What can be done with a message besides answering it. */
export function messageMenu(message) {
  const menu = h("details", { class: "message-menu" });
  const close = () => {
    menu.open = false;
  };
  const run = (callbackId) => {
    close();
    return act("/slack/shortcut", { user: state.me.id, channel: message.channel, ts: message.ts, callbackId });
  };
  menu.append(
    h("summary", { class: "icon-button small", "aria-label": "More actions", title: "More actions" }, icon("menu")),
    h(
      "div",
      { class: "message-menu-list" },
      SHORTCUTS.map(([label, id]) =>
        h("button", { type: "button", class: "menu-item", onclick: () => run(id) }, label),
      ),
    ),
  );
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    close();
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (!menu.contains(relatedTarget)) close();
  });
  return menu;
}
