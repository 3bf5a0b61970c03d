import type { Corrections } from "../../accounts/corrections.ts";
import type { PersonalAccounts } from "../../accounts/open-accounts.ts";
import type { WhoIsWho } from "../../accounts/who-is-who.ts";
import type { Decisions } from "../../approvals/decisions.ts";
import type { Outcomes } from "../../approvals/outcomes.ts";
import type { Clock } from "../../core/clock.ts";
import type { Who } from "../../core/people-lists.ts";
import type { Secrets } from "../../core/secrets.ts";
import type { NewId } from "../../core/ids.ts";
import type { AuditSink } from "../../observability/audit.ts";
import type { Logger } from "../../observability/log.ts";
import type { AuditRecords } from "../../storage/audit-records.ts";
import type { Forgetting } from "../../storage/forgetting.ts";
import type { Identities } from "../../storage/identities.ts";
import type { Notices } from "../../storage/notices.ts";
import type { Presses } from "../../storage/presses.ts";
import type { CalendarSettings } from "../../workflows/tasks/line-place.ts";
import type { TaskDirectory } from "../../workflows/tasks/directory.ts";
import type { SpendReports } from "../../turns/spending.ts";
import type { Guests } from "../admission.ts";
import type { CallActions } from "../../workflows/calls/call-actions.ts";
import type { RouteBook } from "../../workflows/routes.ts";
import type { InputSchema } from "../approvals/edit-modal.ts";
import type { Cards } from "../approvals/show-cards.ts";
import type { Channels } from "../channels.ts";
import type { SlackClient } from "../client.ts";
import type { Digests } from "../digests/digests.ts";
import type { DirectMessages } from "../direct-messages.ts";
import { cleanText, mentionedUsers, unnamedChannels } from "../message-text.ts";
import type { People } from "../people.ts";
import type { SlackTurns } from "../turns-port.ts";
import type { Wait } from "../wait.ts";
import type { Workspace } from "../workspace.ts";
import type { MessageOrder } from "./message-order.ts";
import type { QueriedTurn } from "./show-query.ts";

/** A service that the configuration names. */
export interface Service {
  /** Its server's name in the configuration: "gong". */
  server: string;
  /** As a person says it: "Gong". */
  name: string;
  offered: boolean;
  /** Why it is not offered: "GONG_API_KEY not set". */
  reason?: string | undefined;
  /** Of one that is offered. */
  health?: ServiceHealth | undefined;
}

/** How a service's server fares at this moment; the instants are ISO 8601. */
export interface ServiceHealth {
  /** Whether it can be called. */
  isConnected: boolean;
  /** Why it cannot: for whoever runs Sophia. */
  reason?: string | undefined;
  since: string;
  /** Calls in a row that the service itself failed. */
  failing?: { calls: number; since: string } | undefined;
}

/** A tool that a person may use in a role. */
export interface OfferedTool {
  name: string;
  /** The server's name in the configuration. */
  server: string;
  /** In a few words. */
  title: string;
  isRead: boolean;
  /** Whether a person is asked first. */
  policy: "allow" | "ask" | "deny";
}

/** A digest as its owner is told of it. */
export interface DigestSummary {
  title: string;
  channel: string;
  /** In plain words: "weekdays at 08:30". */
  when: string;
  isPaused: boolean;
}

/** Who people are outside Slack. */
export interface Accounts {
  identities: Pick<Identities, "of">;
  corrections: Corrections;
  whoIsWho: WhoIsWho;
  personal: PersonalAccounts;
}

/** What was done and refused, and what is kept of people. */
export interface Audit extends Pick<AuditSink, "append">, AuditRecords, Forgetting {}

/** What every listener works with. */
export interface ListenerContext {
  workspace: Workspace;
  turns: SlackTurns;
  decisions: Decisions;
  outcomes: Pick<Outcomes, "checkAgain">;
  cards: Pick<Cards, "update">;
  /** What a tool takes, for a form. */
  inputSchema: (agent: string, tool: string) => Promise<InputSchema>;
  people: People;
  /** For calls that answer a click or a command; apart from the replies' client, whose pauses must not delay them. */
  client: SlackClient;
  guests: Guests;
  /** Whom the configuration makes admins, besides Slack's own. */
  admins: readonly string[];
  /** Who may ask in each role; everybody where nobody is named. */
  roles: Readonly<Record<string, { people?: readonly string[] | undefined }>>;
  accounts: Accounts;
  directMessages: DirectMessages;
  digests: Digests;
  /** Where what Sophia does unasked goes. */
  routes: RouteBook;
  channels: Channels;
  callActions: CallActions;
  /** Records that a channel is not told of for a while. */
  recordMutes: Pick<Notices, "muteRecord" | "unmuteRecords">;
  presses: Presses;
  /** What gave the figures of a turn's answer. */
  queriesOf: (turnId: string) => Promise<QueriedTurn | undefined>;
  spending: SpendReports;
  audit: Audit;
  /** The configured services, as they are now. */
  services: () => readonly Service[];
  /** What the gateway would let pass for somebody in a role. */
  offers: (
    role: string,
    caller: Who & { channel?: string; channelName?: string | undefined },
  ) => readonly OfferedTool[];
  digestsOf: (userId: string) => Promise<readonly DigestSummary[]>;
  /** What Asana knows of projects and people, for what is read without Claude. */
  tasks: TaskDirectory;
  calendar: CalendarSettings;
  clock: Clock;
  newId: NewId;
  order: MessageOrder;
  wait: Wait;
  /** For answers that go past `client` and the acknowledgements, which lose them anyway. */
  secrets: Secrets;
  logger: Logger;
}

/** Names of people, and of channels, that are looked up for one message: each may be a call to Slack. */
const mostNames = 20;

/** A message as a person reads it, with the names of the people and channels in it; past the first few, with their ids. */
export async function readText(text: string, context: ListenerContext): Promise<string> {
  const { workspace, people } = context;
  const { botUserId } = workspace;
  const names = new Map<string, string>();
  const users = mentionedUsers(text).filter((id) => id !== botUserId);
  const channels = unnamedChannels(text);
  await Promise.all([
    ...users.slice(0, mostNames).map(async (id) => names.set(id, (await people.find(id)).name)),
    ...channels.slice(0, mostNames).map(async (id) => names.set(id, (await people.channelName(id)) ?? id)),
  ]);
  return cleanText(text, { botUserId, names });
}

/** Records that somebody's question or command was not taken. `tool`: `question`, or the command with its verb. */
export function recordRefusal(
  what: { tool: string; reason: string; userId: string },
  { audit, clock }: Pick<ListenerContext, "audit" | "clock">,
): void {
  audit.append({ kind: "refusal", at: new Date(clock.now()), outcome: "refused", ...what });
}

/** Tells one person something that nobody else sees. What is told this way may be lost: it is never the answer. */
export async function whisper(
  target: { channel: string; user: string; threadTs?: string | undefined },
  text: string,
  context: ListenerContext,
): Promise<void> {
  const { channel, user, threadTs } = target;
  const outcome = await context.client.try("chat.postEphemeral", { channel, user, text, thread_ts: threadTs });
  if (outcome.kind !== "ok") context.logger.warn({ channel, outcome: outcome.kind }, "A hint could not be shown");
}
