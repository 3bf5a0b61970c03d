import { expect, it } from "vitest";
import { checkView } from "../../../sandbox/slack/view-checks.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const option = (value: string) => ({ text: plain(value), value });
const input = (block_id: string, element: object) => ({
  type: "input",
  block_id,
  label: plain(block_id),
  element: { action_id: "v", ...element },
});
const modal = (more: object) => ({
  type: "modal",
  title: plain("Edit"),
  submit: plain("Save"),
  blocks: [input("why", { type: "plain_text_input" })],
  ...more,
});

const text = { type: "plain_text_input" };
const number = { type: "number_input", is_decimal_allowed: true };
const options = (count: number) => Array.from({ length: count }, (_, index) => option(`o${index}`));
it.each<[string, object, string]>([
  ["a long title", { title: plain("x".repeat(25)) }, "must be less than 25 characters [json-pointer:/view/title/text]"],
  ["no title", { title: undefined }, "missing required field: title [json-pointer:/view]"],
  [
    "a title in mrkdwn",
    { title: { type: "mrkdwn", text: "x" } },
    "unsupported type: mrkdwn [json-pointer:/view/title/type]",
  ],
  [
    "a long submit",
    { submit: plain("x".repeat(25)) },
    "must be less than 25 characters [json-pointer:/view/submit/text]",
  ],
  [
    "inputs and no submit",
    { submit: undefined },
    "must define `submit` to use an `input` block in modals [json-pointer:/view]",
  ],
  [
    "101 blocks",
    { blocks: Array.from({ length: 101 }, () => ({ type: "divider" })) },
    "no more than 100 items allowed [json-pointer:/view/blocks]",
  ],
  ["an unknown block", { blocks: [{ type: "form" }] }, "unsupported type: form [json-pointer:/view/blocks/0/type]"],
  [
    "an unknown element",
    { blocks: [input("b", { type: "slider" })] },
    "unsupported type: slider [json-pointer:/view/blocks/0/element/type]",
  ],
  [
    "a button as input",
    { blocks: [input("b", { type: "button", text: plain("x") })] },
    "unsupported type: button [json-pointer:/view/blocks/0/element/type]",
  ],
  [
    "an unknown action",
    { blocks: [{ type: "actions", elements: [{ type: "slider" }] }] },
    "unsupported type: slider [json-pointer:/view/blocks/0/elements/0/type]",
  ],
  [
    "much metadata",
    { private_metadata: "x".repeat(3001) },
    "must be less than 3001 characters [json-pointer:/view/private_metadata]",
  ],
  [
    "one block id twice",
    { blocks: [input("b", text), input("b", text)] },
    "`block_id` is not unique [json-pointer:/view/blocks/1/block_id]",
  ],
  [
    "101 options",
    { blocks: [input("b", { type: "static_select", options: options(101) })] },
    "no more than 100 items allowed [json-pointer:/view/blocks/0/element/options]",
  ],
  [
    "11 boxes",
    { blocks: [input("b", { type: "checkboxes", options: options(11) })] },
    "no more than 10 items allowed [json-pointer:/view/blocks/0/element/options]",
  ],
  [
    "no options",
    { blocks: [input("b", { type: "radio_buttons" })] },
    "missing required field: options [json-pointer:/view/blocks/0/element]",
  ],
  [
    "an option of its own",
    { blocks: [input("b", { type: "static_select", options: options(2), initial_option: option("z") })] },
    "`initial_option` must exactly match one of the options [json-pointer:/view/blocks/0/element/initial_option]",
  ],
  [
    "a long option",
    { blocks: [input("b", { type: "static_select", options: [{ text: plain("x".repeat(76)), value: "v" }] })] },
    "must be less than 76 characters [json-pointer:/view/blocks/0/element/options/0/text/text]",
  ],
  [
    "a number that is none",
    { blocks: [input("b", { ...number, initial_value: "80k" })] },
    "must be a valid number [json-pointer:/view/blocks/0/element/initial_value]",
  ],
  [
    "a number that is no text",
    { blocks: [input("b", { ...number, initial_value: 80 })] },
    "must be a string [json-pointer:/view/blocks/0/element/initial_value]",
  ],
  [
    "a number of what kind",
    { blocks: [input("b", { type: "number_input" })] },
    "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]",
  ],
  [
    "a great length",
    { blocks: [input("b", { ...text, max_length: 3001 })] },
    "must be less than 3001 [json-pointer:/view/blocks/0/element/max_length]",
  ],
  [
    "a day that is none",
    { blocks: [input("b", { type: "datepicker", initial_date: "soon" })] },
    "must be a valid date [json-pointer:/view/blocks/0/element/initial_date]",
  ],
  [
    "half a confirmation",
    {
      blocks: [
        {
          type: "actions",
          elements: [
            {
              type: "button",
              text: plain("x"),
              confirm: { title: plain("?"), text: plain("!"), confirm: plain("y") },
            },
          ],
        },
      ],
    },
    "missing required field: text [json-pointer:/view/blocks/0/elements/0/confirm/deny]",
  ],
  [
    "a button in pink",
    { blocks: [{ type: "actions", elements: [{ type: "button", text: plain("x"), style: "pink" }] }] },
    "must be a valid enum value [json-pointer:/view/blocks/0/elements/0/style]",
  ],
])("a modal with %s is refused", (_, more, reason) => {
  let refusal: unknown;
  try {
    checkView(modal(more), "modal");
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({
    message: "invalid_arguments",
    details: { response_metadata: { messages: [`[ERROR] ${reason}`] } },
  });
});

it("a modal of what people fill in is taken as it is", () => {
  const blocks = [
    input("text", { ...text, multiline: true, min_length: 0, max_length: 3000, initial_value: "" }),
    input("number", { ...number, initial_value: "-1.5", min_value: "-2", max_value: "2" }),
    input("list", { type: "static_select", options: options(100), initial_option: option("o99") }),
    input("boxes", { type: "checkboxes", options: options(10), initial_options: [option("o1"), option("o2")] }),
    input("day", { type: "datepicker", initial_date: "2026-10-01" }),
    { type: "actions", elements: [{ type: "users_select", action_id: "who", placeholder: plain("Who?") }] },
  ];
  expect(checkView(modal({ blocks, private_metadata: "x".repeat(3000) }), "modal")).toBe(blocks);
});
