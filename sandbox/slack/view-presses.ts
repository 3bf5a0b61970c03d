import type { Entered } from "./inputs.ts";
import { findElement, pressElement } from "./interactions.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { SlackRefusal } from "./refusal.ts";
import type { Slack } from "./slack.ts";
import type { User } from "./types.ts";
import { type EnteredValues, viewProblems, viewState, withEntered } from "./view-state.ts";
import { viewPayload, type View } from "./views.ts";

/** What a person reads in a modal whose submission nobody took, or took with an answer that Slack cannot read. */
const TROUBLE = "We had some trouble connecting. Try again?";

export interface ViewPress {
  viewId?: string | undefined;
  actionId: string;
  value?: Entered | undefined;
  values?: EnteredValues | undefined;
}

/** The payload of a press in a modal or on the Home tab. Throws where there is no such view or button. */
export function pressInView(slack: Slack, user: User, { viewId, actionId, value, values = {} }: ViewPress) {
  const view = viewOf(slack, user, viewId);
  const found = findElement(view.blocks, actionId);
  if (!found) throw new Error(`The view has no "${actionId}" to press`);
  enter(view, values);
  return {
    ...slack.interactions.base("block_actions", user),
    container: { type: "view", view_id: view.id },
    trigger_id: slack.interactions.newTrigger(user),
    view: viewPayload(view, slack.workspace),
    actions: [pressElement(found, value, slack.workspace.eventTs())],
  };
}

function viewOf(slack: Slack, user: User, viewId: string | undefined): View {
  const top = slack.views.modals(user.id).at(-1) ?? slack.views.home(user.id);
  const view = viewId ? slack.views.find(viewId) : top;
  if (!view || view.userId !== user.id) throw new Error(`${user.name} has no such view open`);
  return view;
}

/** The modal that the person has before them. Throws where another one, or none, is on top. */
function modalOf(slack: Slack, user: User, viewId: string | undefined): View {
  const top = slack.views.modals(user.id).at(-1);
  if (!top || (viewId !== undefined && viewId !== top.id)) throw new Error(`${user.name} has no such view open`);
  return top;
}

/** Keeps what is entered; all of it can be read as Slack's state. */
function enter(view: View, values: EnteredValues): void {
  const entered = withEntered(view.blocks, view.entered, values);
  viewState(view.blocks, entered);
  view.entered = entered;
}

export interface Submission {
  user: string;
  /** The topmost modal unless told. */
  viewId?: string | undefined;
  /** By `block_id` and `action_id`; inputs that are not named stand as they are. */
  values?: EnteredValues | undefined;
}

export interface SubmissionOutcome extends Outcome {
  /** By `block_id`: what the app, or Slack before it, finds wrong. The view stays open. */
  errors?: Record<string, string> | undefined;
}

/** Throws where the view is not on top, cannot be submitted, or has no such input. */
export async function submitView(
  slack: Slack,
  { user: who, viewId, values = {} }: Submission,
): Promise<SubmissionOutcome> {
  const user = slack.workspace.person(who);
  const view = modalOf(slack, user, viewId);
  if (!view.submit) throw new Error("The view has no button to submit it");
  enter(view, values);
  const problems = viewProblems(view.blocks, view.entered);
  if (Object.keys(problems).length > 0) return { ok: true, errors: problems };
  const payload = {
    ...slack.interactions.base("view_submission", user),
    trigger_id: slack.interactions.newTrigger(user),
    view: viewPayload(view, slack.workspace),
    response_urls: [],
  };
  const outcome = outcomeOf(await slack.delivery.once({ kind: "interactive", payload }));
  if (!outcome.ok) return { ...outcome, error: TROUBLE };
  try {
    return { ...outcome, ...followUp(slack, view, outcome.body ?? {}) };
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    return { ...outcome, ok: false, error: TROUBLE };
  }
}

/** What the app wants done with the view: nothing said closes it. */
interface ViewAnswer {
  response_action?: string;
  errors?: Record<string, string>;
  view?: unknown;
}

/** Throws SlackRefusal for an answer that Slack does not take. */
function followUp(slack: Slack, view: View, answer: ViewAnswer): Pick<SubmissionOutcome, "errors"> {
  switch (answer.response_action) {
    case undefined:
      slack.views.close(view.userId);
      return {};
    case "clear":
      slack.views.close(view.userId, { all: true });
      return {};
    case "errors":
      return { errors: checkedErrors(view, answer.errors) };
    case "update":
      slack.views.update({ id: view.id }, answer.view ?? {}, undefined);
      return {};
    case "push":
      slack.views.push(view.userId, answer.view ?? {});
      return {};
    default:
      throw new SlackRefusal("invalid_response_action");
  }
}

/** Errors stand under inputs: Slack takes none for another block. */
function checkedErrors(view: View, errors: Record<string, string> = {}): Record<string, string> {
  const inputs = view.blocks.filter(({ type }) => type === "input").map(({ block_id }) => block_id);
  const blockIds = Object.keys(errors);
  if (blockIds.length === 0 || !blockIds.every((id) => inputs.includes(id))) throw new SlackRefusal("invalid_errors");
  return errors;
}

export interface Closing {
  user: string;
  /** The topmost modal unless told. */
  viewId?: string | undefined;
  /** Close every modal of the stack, as the cross in the corner does. */
  clear?: boolean | undefined;
}

/** The person closes the topmost modal, or all of them; the app is told of each for which it asked. */
export async function closeView(slack: Slack, { user: who, viewId, clear = false }: Closing): Promise<Outcome> {
  const user = slack.workspace.person(who);
  const top = modalOf(slack, user, viewId);
  const isCleared = clear || top.clearOnClose;
  const closed = isCleared ? slack.views.modals(user.id).toReversed() : [top];
  slack.views.close(user.id, { all: isCleared });
  const told = closed.filter(({ notifyOnClose }) => notifyOnClose);
  const outcomes = told.map(async (view) => {
    const base = slack.interactions.base("view_closed", user);
    const payload = { ...base, view: viewPayload(view, slack.workspace), is_cleared: isCleared };
    return outcomeOf(await slack.delivery.once({ kind: "interactive", payload }));
  });
  const failed = (await Promise.all(outcomes)).find(({ ok }) => !ok);
  return failed ?? { ok: true };
}
