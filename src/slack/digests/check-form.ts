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
import { ownerAfter } from "./owner.ts";

/** By field, what is to be filled in otherwise. `refused`: why the place is not one for this person. */
export type Checked = { draft: DigestDraft } | { errors: Partial<Record<Field, string>>; refused?: string | undefined };

const titleLength = 60;
/** What Slack shows below a field. */
const longestProblem = 300;

/** Who fills it in, and the digest that is changed. */
interface Changing {
  userId: string;
  before?: Schedule | undefined;
}

export async function checkForm(
  filled: FilledForm,
  opened: FormPlace,
  { userId, before }: Changing,
  context: ListenerContext,
): Promise<Checked> {
  const { what, zone, said, allowsWrites } = filled;
  if (what === undefined)
    return wrong("words", "Say in your own words what you would ask me, or choose something else above.");
  if (!isTimeZone(zone))
    return wrong("zone", `“${zone}” is no time zone that I know. Write for example Europe/Berlin.`);
  const when = ruleFor(filled, before, context.clock.now());
  if ("unclear" in when) return wrong("said", when.unclear);
  const wanted = { ...wantedPlace(filled, opened), what, allowsWrites };
  const ownerId = ownerAfter(before, wanted, userId);
  const place = await placeFor(filled, wanted, { userId, ownerId, before }, context);
  if ("errors" in place) return place;
  const isTaken = before !== undefined && before.ownerId !== ownerId;
  const whose = { ownerId, ...(isTaken && { takenFrom: before.ownerId }) };
  const title = "template" in what ? (templateNamed(what.template)?.title ?? what.template) : titleFrom(what.words);
  return {
    draft: { ...opened, ...whose, ...place, title, what, rule: when.rule, zone, said, allowsWrites },
  };
}

function wrong(field: Field, words: string, refused?: string): Checked & { errors: object } {
  return { errors: { [field]: shortened(words, longestProblem) }, refused };
}

/** What was said before means what it meant: "every other Tuesday" is counted from where it was counted from. */
function ruleFor({ said, zone }: FilledForm, before: Schedule | undefined, now: number): ReturnType<typeof readWhen> {
  const isSame = before?.said === said && before.zone === zone;
  const rule = isSame ? ruleSchema.safeParse(before.rule).data : undefined;
  return rule ? { rule } : readWhen(said, { zone, now });
}

function wantedPlace(
  { place }: FilledForm,
  { openedIn }: FormPlace,
): { isPrivate: boolean; channel?: string | undefined } {
  if (place.kind === "own") return { isPrivate: true };
  return { isPrivate: false, channel: place.kind === "other" ? place.channel : openedIn };
}

async function placeFor(
  { place }: FilledForm,
  { isPrivate, channel }: ReturnType<typeof wantedPlace>,
  { userId, ownerId, before }: Changing & { ownerId: string },
  { digests, directMessages }: ListenerContext,
): Promise<{ channel: string; isPrivate: boolean } | (Checked & { errors: object })> {
  if (isPrivate) {
    const isSame = before?.isPrivate && before.ownerId === ownerId;
    const own = isSame ? before.channel : await directMessages.channelOf(ownerId);
    if (own !== undefined) return { channel: own, isPrivate };
    return wrong("place", "Slack does not tell me just now which is our direct message. Try again in a minute.");
  }
  if (channel === undefined) return wrong("channel", "Choose the channel.");
  const verdict = await digests.mayPost({ ownerId, channel, isPrivate: false });
  if (verdict.kind === "fine") return { channel, isPrivate };
  const code = verdict.kind === "refused" ? verdict.code : undefined;
  return wrong(place.kind === "other" ? "channel" : "place", whyNot(verdict, ownerId === userId), code);
}

function whyNot(verdict: Exclude<MayPost, { kind: "fine" }>, isOwn: boolean): string {
  if (verdict.kind === "unknown")
    return "Slack does not tell me just now who reads that channel. Try again in a minute.";
  const who = isOwn ? "You are" : "Its owner is";
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
