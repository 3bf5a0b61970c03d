import { messageBlocks, messagePayload } from "./entities.ts";
import { VERIFICATION_TOKEN } from "./delivery.ts";
import { chooseOption, type Entered, inputState, isInput } from "./inputs.ts";
import { SlackRefusal } from "./refusal.ts";
import type { Block, Conversation, Message, User } from "./types.ts";
import type { Workspace } from "./workspace.ts";

const TRIGGER_LIFETIME_MS = 3_000;
const RESPONSE_LIFETIME_MS = 30 * 60_000;
const RESPONSE_USES = 5;

export interface ResponseTarget {
  user: User;
  conversation: Conversation;
  /** The message whose button was pressed; undefined for a command. */
  message?: Message | undefined;
}

interface ResponseUrl extends ResponseTarget {
  expiresAt: number;
  uses: number;
}

/** Trigger ids, response URLs, and the payloads of what people press. Instants are the machine's. */
export class Interactions {
  readonly #workspace: Workspace;
  readonly #now: () => number;
  readonly #origin: () => string;
  readonly #triggers = new Map<string, { userId: string; expiresAt: number; exchanged: boolean }>();
  readonly #responses = new Map<string, ResponseUrl>();

  constructor(workspace: Workspace, now: () => number, origin: () => string) {
    this.#workspace = workspace;
    this.#now = now;
    this.#origin = origin;
  }

  newTrigger(user: User): string {
    forgetExpired(this.#triggers, this.#now() - 10 * TRIGGER_LIFETIME_MS);
    const id = `${this.#workspace.newId("1")}.${user.id}`;
    this.#triggers.set(id, { userId: user.id, expiresAt: this.#now() + TRIGGER_LIFETIME_MS, exchanged: false });
    return id;
  }

  /** The user of a trigger, which is used up by this. Throws SlackRefusal. */
  exchangeTrigger(id: string | undefined): string {
    const trigger = this.#triggers.get(id ?? "");
    if (!trigger) throw new SlackRefusal("invalid_trigger_id");
    if (trigger.exchanged) throw new SlackRefusal("exchanged_trigger_id");
    if (trigger.expiresAt < this.#now()) throw new SlackRefusal("expired_trigger_id");
    trigger.exchanged = true;
    return trigger.userId;
  }

  newResponseUrl(target: ResponseTarget): string {
    forgetExpired(this.#responses, this.#now() - RESPONSE_LIFETIME_MS);
    const token = this.#workspace.newId("r");
    this.#responses.set(token, { ...target, expiresAt: this.#now() + RESPONSE_LIFETIME_MS, uses: 0 });
    return `${this.#origin()}/actions/${this.#workspace.identity.teamId}/${token}`;
  }

  /** What a response URL stands for; counts as one of its five uses. Throws SlackRefusal. */
  useResponseUrl(token: string): ResponseTarget {
    const response = this.#responses.get(token);
    if (!response || response.expiresAt < this.#now()) throw new SlackRefusal("expired_url");
    response.uses += 1;
    if (response.uses > RESPONSE_USES) throw new SlackRefusal("used_url");
    return response;
  }

  command(user: User, conversation: Conversation, command: string, text: string): Record<string, string> {
    const { teamId, appId } = this.#workspace.identity;
    return {
      token: VERIFICATION_TOKEN,
      team_id: teamId,
      team_domain: this.#workspace.domain,
      channel_id: conversation.id,
      channel_name: conversation.kind === "im" ? "directmessage" : conversation.name,
      user_id: user.id,
      user_name: user.handle,
      command,
      text,
      api_app_id: appId,
      is_enterprise_install: "false",
      response_url: this.newResponseUrl({ user, conversation }),
      trigger_id: this.newTrigger(user),
    };
  }

  /** What every interactive payload begins with. */
  base(type: string, user: User): Record<string, unknown> {
    const { teamId, appId } = this.#workspace.identity;
    return {
      type,
      user: { id: user.id, username: user.handle, name: user.handle, team_id: this.#workspace.teamOf(user) },
      api_app_id: appId,
      token: VERIFICATION_TOKEN,
      team: { id: teamId, domain: this.#workspace.domain },
      enterprise: null,
      is_enterprise_install: false,
    };
  }

  pressedInMessage(user: User, conversation: Conversation, message: Message, action: PressedAction) {
    const isEphemeral = message.ephemeralFor !== undefined;
    const name = conversation.kind === "im" ? "directmessage" : conversation.name;
    const threadTs = message.threadTs ? { thread_ts: message.threadTs } : {};
    return {
      ...this.base("block_actions", user),
      container: {
        type: "message",
        message_ts: message.ts,
        channel_id: conversation.id,
        is_ephemeral: isEphemeral,
        ...threadTs,
      },
      trigger_id: this.newTrigger(user),
      channel: { id: conversation.id, name },
      ...(isEphemeral ? {} : { message: messagePayload(message, this.#workspace, { metadata: true }) }),
      state: { values: {} },
      response_url: this.newResponseUrl({ user, conversation, message }),
      actions: [action],
    };
  }
}

function forgetExpired(entries: Map<string, { expiresAt: number }>, before: number): void {
  for (const [key, { expiresAt }] of entries) {
    // In the order of their making, so the first that is fresh ends the search.
    if (expiresAt >= before) return;
    entries.delete(key);
  }
}

export type PressedAction = Record<string, unknown>;

interface Found {
  block: Block;
  element: Record<string, unknown>;
}

/** The element with this `action_id`, in any block that holds elements. */
export function findElement(blocks: readonly Block[] | undefined, actionId: string): Found | undefined {
  for (const block of blocks ?? []) {
    for (const candidate of [block["elements"], block["accessory"], block["element"], block["actions"]].flat()) {
      const element = candidate as Record<string, unknown> | undefined;
      if (element?.["action_id"] === actionId) return { block, element };
    }
    const inner = [block["child_blocks"], block["type"] === "carousel" ? block["elements"] : undefined].flat();
    const found = findElement(inner.filter(Boolean) as Block[], actionId);
    if (found) return found;
  }
  return undefined;
}

/** What is sent of an element that was used; `value` chooses among options or between the feedback buttons. */
export function pressElement({ block, element }: Found, value: Entered | undefined, actionTs: string): PressedAction {
  const type = String(element["type"]);
  const action = { type, action_id: element["action_id"], block_id: block.block_id, action_ts: actionTs };
  if (isInput(type)) return { ...action, ...inputState(element, value === undefined ? firstOption(element) : value) };
  switch (type) {
    case "feedback_buttons": {
      const buttons = [element["positive_button"], element["negative_button"]] as Record<string, unknown>[];
      const index = value === "negative" || (value !== "positive" && buttons[1]?.["value"] === value) ? 1 : 0;
      return { ...action, text: buttons[index]?.["text"], value: buttons[index]?.["value"] };
    }
    case "overflow":
      return { ...action, selected_option: chooseOption(element, value === undefined ? undefined : String(value)) };
    default:
      return { ...action, text: element["text"], value: element["value"], style: element["style"] };
  }
}

/** A press of a list that names no option is one of the first. */
function firstOption(element: Record<string, unknown>): string | undefined {
  return Array.isArray(element["options"]) ? (chooseOption(element, undefined) as { value: string }).value : undefined;
}

/** The blocks of a message as they stand, those of a stream included. */
export function pressableBlocks(message: Message): Block[] {
  return messageBlocks(message) ?? [];
}
