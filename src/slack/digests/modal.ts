import type { webApi } from "@slack/bolt";
import { type Template, templates } from "../../workflows/digests/templates.ts";
import { modals } from "../surface.ts";

type View = webApi.ViewsOpenArguments["view"];
type Block = View["blocks"][number];

/** What a form begins with: of a new digest, or of one that is changed. */
export interface DigestForm extends FormPlace {
  /** Name of a template, or the person's own words. */
  what?: { template: string } | { words: string } | undefined;
  place: Place;
  said: string;
  zone: string;
  allowsWrites: boolean;
}

/** `here` is the channel where the form was opened. */
export type Place = { kind: "here" | "own" } | { kind: "other"; channel?: string | undefined };

/** What the view carries along. */
export interface FormPlace {
  /** Of the digest: a new one has its own from the start, so that it is one however often it is saved. */
  id: string;
  isNew: boolean;
  /** Where it was opened. */
  openedIn: string;
}

/** What was filled in. */
export interface FilledForm {
  what: { template: string } | { words: string } | undefined;
  place: Place;
  said: string;
  zone: string;
  allowsWrites: boolean;
}

export type Field = "what" | "words" | "place" | "channel" | "said" | "zone" | "writes";

const inputId = "value";
const ownWords = "own_words";
const writes = "allowed";
/** What the view that asks once more can carry along. */
const longestWords = 1_000;
const longestSaid = 200;

/** What is to be posted, where and when. Nothing is kept before the next view is confirmed. */
export function renderDigestModal(form: DigestForm): View {
  return {
    type: "modal",
    callback_id: modals.digest,
    private_metadata: JSON.stringify({ id: form.id, isNew: form.isNew, openedIn: form.openedIn } satisfies FormPlace),
    title: plain(form.isNew ? "New digest" : "Change a digest"),
    submit: plain("Next"),
    close: plain("Cancel"),
    blocks: [
      ...whatBlocks(form),
      ...placeBlocks(form),
      input("said", "When", text(form.said, longestSaid), {
        hint: "In plain words: weekdays at 8:30; every Monday and Thursday at 16:00; first Monday of the month at 9:30.",
      }),
      input("zone", "By the clocks of", text(form.zone, 60), { hint: "A time zone, such as Europe/Berlin." }),
      input("writes", "Changes", checkbox(form.allowsWrites), { isOptional: true }),
    ],
  };
}

export function readDigestModal(values: FormValues): FilledForm {
  const of = (field: Field) => values[field]?.[inputId];
  const textOf = (field: Field) => of(field)?.value?.trim() ?? "";
  const template = of("what")?.selected_option?.value ?? ownWords;
  const words = textOf("words");
  const kind = of("place")?.selected_option?.value;
  const other = of("channel")?.selected_conversation ?? undefined;
  const own = words === "" ? undefined : { words };
  return {
    what: template === ownWords ? own : { template },
    place: kind === "here" || kind === "own" ? { kind } : { kind: "other", channel: other },
    said: textOf("said"),
    zone: textOf("zone"),
    allowsWrites: (of("writes")?.selected_options ?? []).length > 0,
  };
}

type FormValues = Record<string, Record<string, FormValue>>;

interface FormValue {
  value?: string | null | undefined;
  selected_option?: { value: string } | null | undefined;
  selected_options?: readonly unknown[] | null | undefined;
  selected_conversation?: string | null | undefined;
}

function whatBlocks({ what }: DigestForm): Block[] {
  const named = what && "template" in what ? what.template : undefined;
  const own = option(ownWords, "My own words");
  const options = [...templates.map(({ name, title }: Template) => option(name, title)), own];
  const chosen = what && "words" in what ? own : options.find(({ value }) => value === named);
  const select = { type: "static_select", options, ...(chosen && { initial_option: chosen }) };
  const words = text(what && "words" in what ? what.words : "", longestWords);
  return [
    input("what", "What", select),
    input(
      "words",
      "My own words",
      { ...words, multiline: true },
      {
        isOptional: true,
        hint: "What you would ask me, for example: which deals over 50k close this month?",
      },
    ),
  ];
}

function placeBlocks({ openedIn, place }: DigestForm): Block[] {
  const options = [
    ...(isOwnChannel(openedIn) ? [] : [option("here", "This channel")]),
    option("own", "Our direct message"),
    option("other", "Another channel"),
  ];
  const chosen = options.find(({ value }) => value === place.kind);
  const other = place.kind === "other" ? place.channel : undefined;
  const channels = {
    type: "conversations_select",
    filter: { include: ["public", "private"], exclude_external_shared_channels: true },
    ...(other !== undefined && { initial_conversation: other }),
  };
  return [
    input("place", "Where", { type: "static_select", options, ...(chosen && { initial_option: chosen }) }),
    input("channel", "Another channel", channels, {
      isOptional: true,
      hint: "You and I must both be in it.",
    }),
  ];
}

/** A direct message has no channel to post to. */
function isOwnChannel(channel: string): boolean {
  return channel.startsWith("D");
}

function checkbox(isChecked: boolean): object {
  const allowed = {
    ...option(writes, "May propose changes"),
    description: plain("Each is a card that its owner decides about. Else it only reads."),
  };
  return { type: "checkboxes", options: [allowed], ...(isChecked && { initial_options: [allowed] }) };
}

function text(value: string, max_length: number): object {
  const initial = value.slice(0, max_length);
  return { type: "plain_text_input", max_length, ...(initial !== "" && { initial_value: initial }) };
}

function input(
  field: Field,
  label: string,
  element: object,
  { isOptional = false, hint }: { isOptional?: boolean; hint?: string } = {},
): Block {
  return {
    type: "input",
    block_id: field,
    optional: isOptional,
    label: plain(label),
    ...(hint !== undefined && { hint: plain(hint) }),
    element: { ...element, action_id: inputId },
  } as Block;
}

const option = (value: string, label: string) => ({ value, text: plain(label) });

function plain(words: string): { type: "plain_text"; text: string } {
  return { type: "plain_text", text: words };
}
