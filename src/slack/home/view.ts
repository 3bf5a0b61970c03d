import type { HomeView, KnownBlock } from "@slack/types";
import type { Approval, ApprovalStatus } from "../../storage/approvals.ts";
import { escapeText } from "../message-text.ts";
import { actions, command } from "../surface.ts";
import { healthLine, moment } from "./health.ts";
import type { HomeData } from "./home-data.ts";

/** Slack takes 3,000 characters in a section, and 100 blocks in a view. */
const mostInSection = 2_900;
/** Lines of one list. */
const mostLines = 20;
const longestLine = 300;

/** The Home tab: nothing but what it is given. */
export function renderHome(data: HomeData): HomeView {
  const { at, isAdmin, services, identities, digests, waiting, latest, spend } = data;
  return {
    type: "home",
    blocks: [
      { type: "header", text: { type: "plain_text", text: "Sophia" } },
      context(`As of ${moment(at)}. Ask me in the Messages tab or mention me; \`${command} help\` lists my commands.`),
      { type: "actions", elements: [refreshButton] },
      ...list(
        "Waits for you",
        waiting?.forThem.map((one) => waitingLine(one, data)),
        "Nothing waits for you.",
      ),
      ...list(
        "Waits for others",
        waiting?.ofTheirs.map((one) => waitingLine(one, data)),
        undefined,
      ),
      ...list(
        "What I changed for you",
        latest?.map((one) => latestLine(one, data)),
        "Nothing so far.",
      ),
      ...list("Your digests", digests?.map(digestLine), "None."),
      ...list(
        "Services",
        services.map((service) => healthLine(service, isAdmin)),
        "None is set up.",
      ),
      ...list("You in the services", identities, undefined),
      ...list("What you spent", spend, undefined),
    ],
  };
}

/** For somebody whom Sophia does not answer. */
export function renderRefusal(words: string): HomeView {
  return { type: "home", blocks: [{ type: "section", text: { type: "mrkdwn", text: words } }] };
}

const refreshButton = {
  type: "button",
  action_id: actions.refreshHome,
  text: { type: "plain_text", text: "Refresh" },
} as const;

function context(text: string): KnownBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text }] };
}

function section(text: string): KnownBlock {
  return { type: "section", text: { type: "mrkdwn", text } };
}

/** A list under its title. `lines` is undefined where they could not be read; without `none` an empty list is left out. */
function list(title: string, lines: readonly string[] | undefined, none: string | undefined): KnownBlock[] {
  if (lines?.length === 0 && none === undefined) return [];
  const body = lines ?? ["_This could not be read just now. Press Refresh in a minute._"];
  const shown = body.length === 0 && none !== undefined ? [none] : body.slice(0, mostLines);
  const more = body.length > mostLines ? [`and ${body.length - mostLines} more`] : [];
  return [{ type: "divider" }, ...packed([`*${title}*`, ...shown, ...more]).map(section)];
}

/** As few texts as hold these lines. */
function packed(lines: readonly string[]): string[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    const joined = last === undefined ? line : `${last}\n${line}`;
    if (last === undefined || joined.length > mostInSection) texts.push(line);
    else texts[texts.length - 1] = joined;
  }
  return texts;
}

function waitingLine(approval: Approval, data: HomeData): string {
  const { userId, expiresAt } = approval;
  return `• ${linked(summaryOf(approval), approval, data)}: asked by <@${userId}>, open until ${moment(expiresAt)}`;
}

const endings: Record<Exclude<ApprovalStatus, "planned">, string> = {
  granted: "on its way",
  sent: "on its way",
  done: "done",
  failed: "not carried out",
  unknown: "it is not known whether it was carried out",
  denied: "denied",
  expired: "nobody decided in time",
  withdrawn: "withdrawn",
};

function latestLine(approval: Approval, data: HomeData): string {
  const { status, result, decidedBy, userId } = approval;
  const ending = status === "planned" ? "waits" : endings[status];
  const by = decidedBy !== undefined && decidedBy !== userId ? ` by <@${decidedBy}>` : "";
  const [url] = result?.links ?? [];
  const record = status === "done" && url !== undefined && /^https?:\/\/[^|<>\s]+$/.test(url) ? `, <${url}|open>` : "";
  return `• ${linked(summaryOf(approval), approval, data)}: ${ending}${by}${record}`;
}

function summaryOf({ preview, tool }: Approval): string {
  const words = (preview?.summary ?? tool).replaceAll(/\s+/g, " ");
  return words.length > longestLine ? `${words.slice(0, longestLine)}…` : words;
}

/** With a link to its card, or to the thread where none was needed; as words where Slack does not say where that is. */
function linked(words: string, { channel, threadTs, cardTs }: Approval, { url }: HomeData): string {
  const label = escapeText(words.replaceAll("|", "/"));
  if (url === undefined || !/^\d+\.\d+$/.test(threadTs)) return label;
  const ts = cardTs ?? threadTs;
  const inThread = ts === threadTs ? "" : `?thread_ts=${threadTs}&amp;cid=${channel}`;
  return `<${url}archives/${channel}/p${ts.replace(".", "")}${inThread}|${label}>`;
}

function digestLine({ title, channel, when, isPaused }: NonNullable<HomeData["digests"]>[number]): string {
  return `• *${escapeText(title.slice(0, longestLine))}* in <#${channel}>: ${escapeText(when)}${isPaused ? " (paused)" : ""}`;
}
