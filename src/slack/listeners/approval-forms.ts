import type { App, ViewSubmitAction } from "@slack/bolt";
import { wordsFor } from "../admission.ts";
import { type FormPlace, placeOfProblem, readEditModal } from "../approvals/edit-modal.ts";
import { type ReasonPlace, readReason } from "../approvals/reason-modal.ts";
import type { Person } from "../people.ts";
import { modals } from "../surface.ts";
import { isOwnPerson } from "../workspace.ts";
import { recordRefusal, tell } from "./approval.ts";
import { type ListenerContext, whisper } from "./context.ts";

/** Slack waits three seconds for the answer to a form; what takes longer is told in the form. */
const previewWithinMs = 2_300;
/** What Slack shows below a field. */
const longestProblem = 300;

/** The forms that a card's buttons open. */
export function listenToApprovalForms(app: App, context: ListenerContext): void {
  app.view<ViewSubmitAction>(modals.denyWithReason, async ({ body, view, ack }) => {
    const place = JSON.parse(view.private_metadata) as ReasonPlace;
    const person = await admitted(body, context);
    if (!person) return ack();
    const reason = readReason(view.state.values);
    const { cardId, seen } = place;
    const verdict = await context.decisions.decide({ cardId, seen, who: person, decision: "denied", reason });
    await ack();
    await tell(verdict, { answer: (text) => whisper({ ...place, user: person.userId }, text, context) }, context);
  });

  app.view<ViewSubmitAction>(modals.edit, async ({ body, view, ack }) => {
    const place = JSON.parse(view.private_metadata) as FormPlace;
    const person = await admitted(body, context);
    if (!person) return ack();
    const errors = await save(place, person, view.state.values, context);
    await (errors ? ack({ response_action: "errors", errors }) : ack());
  });
}

/** Undefined where it is saved, or no longer open; else what is wrong, by the form's fields. */
async function save(
  place: FormPlace,
  person: Person,
  values: ViewSubmitAction["view"]["state"]["values"],
  context: ListenerContext,
): Promise<Record<string, string> | undefined> {
  const answer = (text: string) => whisper({ ...place, user: person.userId }, text, context);
  const approval = await context.decisions.find(place.approvalId);
  if (!approval) {
    await tell({ kind: "unknown" }, { answer }, context);
    return undefined;
  }
  const schema = await context.inputSchema(approval.agent, approval.tool);
  const read = readEditModal(approval, schema, values);
  if ("errors" in read) return read.errors;
  const { approvalId } = place;
  const signal = AbortSignal.timeout(previewWithinMs);
  try {
    const edit = { approvalId, who: person, arguments: read.arguments };
    const verdict = await context.decisions.edit(edit, signal);
    if (verdict.kind !== "invalid") {
      await tell(verdict, { answer }, context);
      return undefined;
    }
    return problem(placeOfProblem(approval, schema, verdict.problem), verdict.problem);
  } catch (error) {
    if (!signal.aborted) throw error;
    return problem(
      placeOfProblem(approval, schema, ""),
      "The service took too long to say what this would change. Save again.",
    );
  }
}

function problem(block: string, words: string): Record<string, string> {
  return { [block]: words.slice(0, longestProblem) };
}

/** A form that somebody has open who may not use Sophia any more does nothing. */
async function admitted(body: ViewSubmitAction, context: ListenerContext): Promise<Person | undefined> {
  const person = await context.people.find(body.user.id);
  const isOwn = isOwnPerson({ team: body.user.team_id }, context.workspace);
  if (isOwn && wordsFor(person, context) === undefined) return person;
  recordRefusal(person, isOwn, context);
  return undefined;
}
