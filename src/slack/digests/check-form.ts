import { isTimeZone } from "../../core/calendar-day.ts";
import type { Schedule } from "../../storage/schedules.ts";
import type { MayPost } from "../../workflows/digests/run-digests.ts";
import { ruleSchema } from "../../workflows/digests/rule.ts";
import { templateNamed } from "../../workflows/digests/templates.ts";
import { readWhen } from "../../workflows/digests/when.ts";
import { shortened } from "../approvals/card-parts.ts";
import type { ListenerContext } from "../listeners/context.ts";
import type { DigestDraft } from "./confirm-modal.ts";
import type { Field, FilledForm, FormPlace } from "./modal.ts";

/** By field, what is to be filled in otherwise. `refused`: why the place is not one for this person. */
export type Checked = { draft: DigestDraft } | { errors: Partial<Record<Field, string>>; refused?: string | undefined };

const titleLength = 60;
/** What Slack shows below a field. */
const longestProblem = 300;

/** `before`: the digest that is changed, of whose owner everything is. */
export async function checkForm(
  filled: FilledForm,
  { openedIn, id }: FormPlace,
  { ownerId, before }: { ownerId: string; before?: Schedule | undefined },
  context: ListenerContext,
): Promise<Checked> {
  const { what, zone, said, allowsWrites } = filled;
  if (what === undefined)
    return wrong("words", "Say in your own words what you would ask me, or choose something else above.");
  if (!isTimeZone(zone))
    return wrong("zone", `“${zone}” is no time zone that I know. Write for example Europe/Berlin.`);
  const when = ruleFor(filled, before, context.clock.now());
  if ("unclear" in when) return wrong("said", when.unclear);
  const place = await placeFor(filled, openedIn, { ownerId, before }, context);
  if ("errors" in place) return place;
  const title = "template" in what ? (templateNamed(what.template)?.title ?? what.template) : titleFrom(what.words);
  return {
    draft: { id, openedIn, ...place, title, what, rule: when.rule, zone, said, allowsWrites },
  };
}

function wrong(field: Field, words: string, refused?: string): Checked & { errors: object } {
  return { errors: { [field]: shortened(words, longestProblem) }, refused };
}

/** What was said before means what it meant: "every other Tuesday" is counted from where it was counted from. */
function ruleFor({ said, zone }: FilledForm, before: Schedule | undefined, now: number): ReturnType<typeof readWhen> {
  if (before?.said === said && before.zone === zone) return { rule: ruleSchema.parse(before.rule) };
  return readWhen(said, { zone, now });
}

async function placeFor(
  { place }: FilledForm,
  openedIn: string,
  { ownerId, before }: { ownerId: string; before?: Schedule | undefined },
  { digests, directMessages }: ListenerContext,
): Promise<{ channel: string; isPrivate: boolean } | (Checked & { errors: object })> {
  if (place.kind === "own") {
    const channel = before?.isPrivate ? before.channel : await directMessages.channelOf(ownerId);
    if (channel !== undefined) return { channel, isPrivate: true };
    return wrong("place", "Slack does not tell me just now which is our direct message. Try again in a minute.");
  }
  const channel = place.kind === "other" ? place.channel : openedIn;
  if (channel === undefined) return wrong("channel", "Choose the channel.");
  const verdict = await digests.mayPost({ ownerId, channel, isPrivate: false });
  if (verdict.kind === "fine") return { channel, isPrivate: false };
  const code = verdict.kind === "refused" ? verdict.code : undefined;
  return wrong(place.kind === "other" ? "channel" : "place", whyNot(verdict, before !== undefined), code);
}

function whyNot(verdict: Exclude<MayPost, { kind: "fine" }>, isChange: boolean): string {
  if (verdict.kind === "unknown")
    return "Slack does not tell me just now who reads that channel. Try again in a minute.";
  const who = isChange ? "Its owner is" : "You are";
  switch (verdict.code) {
    case "not_in_channel":
      return "I am not in that channel. Invite me there first: /invite @Sophia.";
    case "external_channel":
      return "That channel is shared with another company, so I post no digest in it.";
    case "owner_not_in_channel":
      return `${who} not in that channel, so no digest is posted there.`;
    default:
      return `That cannot be posted: ${verdict.reason}.`;
  }
}

function titleFrom(words: string): string {
  return shortened(words.replaceAll(/\s+/g, " ").trim(), titleLength);
}
