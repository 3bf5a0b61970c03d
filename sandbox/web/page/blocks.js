import { confirmed } from "./confirm.js";
import { h, icon } from "./dom.js";
import { markdown, safeLink } from "./inline.js";
import { inputOf, isChoice } from "./inputs.js";
import { renderMarkdown, renderMrkdwn, tableElement } from "./markdown.js";
import { richElement } from "./rich-text.js";

/** A message's blocks as elements. `press(actionId, value)` is called for buttons and resolves when all is done. */
export function renderBlocks(blocks, press) {
  return blocks.map((block) => (RENDERERS[block.type] ?? unknownBlock)(block, press)).filter(Boolean);
}

const RENDERERS = {
  markdown: (block) => h("div", { class: "md" }, renderMarkdown(block.text)),
  section: (block, press) =>
    h(
      "div",
      { class: "block-section" },
      h("div", { class: "grow" }, block.text ? textObject(block.text) : [], fieldsOf(block)),
      block.accessory ? element(block.accessory, press) : [],
    ),
  header: (block) => h("h3", { class: "block-header" }, block.text?.text ?? ""),
  divider: () => h("hr"),
  context: (block) =>
    h(
      "div",
      { class: "block-context" },
      (block.elements ?? []).map((item) => h("span", {}, textObject(item))),
    ),
  actions: (block, press) =>
    h(
      "div",
      { class: "block-actions" },
      (block.elements ?? []).map((item) => element(item, press)),
    ),
  context_actions: (block, press) =>
    h(
      "div",
      { class: "block-actions quiet" },
      (block.elements ?? []).map((item) => element(item, press)),
    ),
  table: (block) =>
    tableElement(
      (block.rows ?? []).map((row) => row.map(cell)),
      (block.column_settings ?? []).map((c) => c?.align),
    ),
  data_table: (block) => RENDERERS.table(block),
  rich_text: (block) => h("div", { class: "md" }, (block.elements ?? []).map(richElement)),
  task_card: (block) => h("div", { class: "tasks" }, taskCard(block)),
  plan: (block) =>
    h(
      "div",
      { class: "tasks plan" },
      h("div", { class: "plan-title" }, block.title ?? ""),
      (block.tasks ?? []).map(taskCard),
    ),
  image: (block) =>
    block.slack_file?.id ? picture(block) : safeLink(block.image_url ?? "", block.alt_text ?? "image"),
  alert: (block) => h("div", { class: "block-alert" }, textObject(block.text ?? {})),
};

/** A file of the workspace's own; a picture from elsewhere is only linked to. */
function picture({ slack_file: file, alt_text: alt, title }) {
  const src = `/page/files/${encodeURIComponent(file.id)}`;
  return h(
    "figure",
    { class: "block-image" },
    title ? h("figcaption", {}, title.text ?? "") : [],
    h("img", { src, alt: alt ?? "image", loading: "lazy" }),
  );
}

function unknownBlock(block) {
  return h("div", { class: "block-context" }, `(${block.type} block)`);
}

function textObject(text) {
  if (text.type === "mrkdwn") return renderMrkdwn(text.text ?? "");
  if (text.type === "image") return [text.alt_text ?? ""];
  return [h("div", { class: "mrkdwn" }, text.text ?? "")];
}

function fieldsOf(block) {
  if (!block.fields?.length) return [];
  return h(
    "div",
    { class: "block-fields" },
    block.fields.map((field) => h("div", {}, textObject(field))),
  );
}

function element(item, press) {
  switch (item.type) {
    case "button": {
      const kind = { primary: "button primary", danger: "button danger" }[item.style] ?? "button";
      if (item.url)
        return h("a", { class: kind, href: item.url, target: "_blank", rel: "noopener noreferrer" }, item.text.text);
      const onclick = async ({ currentTarget }) => {
        if (await confirmed(item.confirm)) await pressOnce(currentTarget, () => press(item.action_id, item.value));
      };
      return h("button", { type: "button", class: kind, "data-action": item.action_id, onclick }, item.text.text);
    }
    case "feedback_buttons":
      return [feedback(item, item.positive_button, "up", press), feedback(item, item.negative_button, "down", press)];
    case "icon_button": {
      const label = item.text?.text ?? item.icon ?? "action";
      return h(
        "button",
        { type: "button", class: "button small", onclick: () => press(item.action_id, item.value) },
        label,
      );
    }
    case "image":
    case "mrkdwn":
    case "plain_text":
      return h("span", {}, textObject(item));
    default:
      return isChoice(item.type) ? choice(item, press) : h("span", { class: "faint" }, `(${item.type})`);
  }
}

let choicesMade = 0;

/** A list, a date or boxes outside of an input: each change is told at once. */
function choice(item, press) {
  choicesMade += 1;
  const input = inputOf(item, `choice-${choicesMade}`);
  input.node.setAttribute("aria-label", item.placeholder?.text ?? item.action_id);
  if (input.isGroup) input.node.setAttribute("role", "group");
  input.node.addEventListener("change", async () => {
    if (await confirmed(item.confirm)) await press(item.action_id, input.value());
  });
  return input.node;
}

/** While one button's press is under way none of its row can be pressed. */
async function pressOnce(pressed, press) {
  const row = [...pressed.parentElement.querySelectorAll("button")];
  for (const button of row) button.disabled = true;
  await press();
  for (const button of row) button.disabled = false;
}

function feedback(item, button, name, press) {
  const label = button?.accessibility_label ?? button?.text?.text ?? name;
  const onclick = (event) => {
    event.currentTarget.parentElement
      .querySelectorAll("[aria-pressed]")
      .forEach((one) => one.setAttribute("aria-pressed", "false"));
    event.currentTarget.setAttribute("aria-pressed", "true");
    press(item.action_id, button?.value);
  };
  return h(
    "button",
    { type: "button", class: "icon-button small", "aria-label": label, title: label, "aria-pressed": "false", onclick },
    icon(name),
  );
}

function cell(value) {
  if (!value) return [];
  if (value.type === "rich_text") return (value.elements ?? []).map(richElement);
  return [String(value.text ?? value.value ?? "")];
}

const STATES = { pending: "Waiting", in_progress: "Running", complete: "Done", error: "Failed" };

function taskCard(task) {
  const mark = {
    complete: () => icon("check"),
    error: () => icon("cross"),
    in_progress: () => h("span", { class: "spinner" }),
    pending: () => h("span", { class: "dot" }),
  }[task.status]?.();
  return h(
    "div",
    { class: `task task-${task.status}` },
    h("span", { class: "task-mark", role: "img", "aria-label": STATES[task.status] ?? task.status }, mark ?? ""),
    h(
      "div",
      { class: "grow" },
      h("div", { class: "task-title" }, task.title),
      task.details ? h("div", { class: "task-more" }, plainOf(task.details)) : [],
      task.output ? h("div", { class: "task-more task-output" }, plainOf(task.output)) : [],
      (task.sources ?? []).map((source) => h("div", { class: "task-more" }, safeLink(source.url, source.text))),
    ),
  );
}

function plainOf(value) {
  if (typeof value === "string") return markdown(value);
  return (value.elements ?? []).map(richElement);
}
