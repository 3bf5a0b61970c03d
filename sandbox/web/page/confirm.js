import { h } from "./dom.js";
import { renderMrkdwn } from "./markdown.js";

/** Asks as the button's `confirm` says before its press counts; resolves with whether it does. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (isWanted) => {
      dialog.close();
      dialog.remove();
      resolve(isWanted);
    };
    const answer = (label, isWanted, kind) =>
      h("button", { type: "button", class: `button ${kind}`, onclick: () => end(isWanted) }, label);
    const { title, text, confirm: yes, deny: no, style } = confirm;
    const dialog = h(
      "dialog",
      {
        class: "modal confirm",
        tabindex: "-1",
        role: "alertdialog",
        "aria-labelledby": "confirm-title",
        "aria-describedby": "confirm-text",
      },
      h("header", { class: "modal-head" }, h("h2", { id: "confirm-title", class: "grow" }, title.text)),
      h(
        "div",
        { class: "modal-body", id: "confirm-text" },
        text.type === "mrkdwn" ? renderMrkdwn(text.text) : text.text,
      ),
      h(
        "footer",
        { class: "modal-foot" },
        answer(no.text, false, ""),
        answer(yes.text, true, style === "danger" ? "danger filled" : "primary"),
      ),
    );
    // The page's own Escape closes what lies below.
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      end(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
