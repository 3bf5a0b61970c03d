import type { App, BlockAction } from "@slack/bolt";
import type { RichTextBlock, RichTextBlockElement, RichTextSection } from "@slack/types";
import type { ShownQuery } from "../../agent/ports.ts";
import { reasonToRefuse, wordsFor } from "../admission.ts";
import type { Person } from "../people.ts";
import { actions } from "../surface.ts";
import { isOwnPerson } from "../workspace.ts";
import { type ListenerContext, recordRefusal, whisper } from "./context.ts";

/** The statements behind a turn's answer, and who reads that. */
export interface QueriedTurn {
  userId: string;
  channel: string;
  audience: "private" | "channel";
  queries: readonly ShownQuery[];
}

/** Characters of all statements together: Slack takes no more in one message. */
const mostCharacters = 10_000;
const mostQueries = 5;

/** A person wants to see the statements that gave the figures of an answer. They alone are shown them. */
export function listenToShowQuery(app: App, context: ListenerContext): void {
  app.action(actions.showQuery, async ({ action, body, ack }) => {
    await ack();
    const { user, container, message, channel } = body as BlockAction;
    const threadTs = (message?.["thread_ts"] ?? container["thread_ts"]) as string | undefined;
    const place = { channel: channel?.id ?? String(container["channel_id"]), user: user.id, threadTs };
    const person = await context.people.find(user.id);
    const turn = await context.queriesOf("value" in action ? String(action.value) : "");
    const refused = whyNot(person, { team: user.team_id, channel: place.channel }, turn, context);
    if (refused) {
      recordRefusal({ tool: "show_query", reason: refused.reason, userId: user.id }, context);
      return whisper(place, refused.words, context);
    }
    if (!turn || turn.queries.length === 0)
      return whisper(place, "I do not keep this answer's query any more. Ask again to get both anew.", context);
    const shown = { text: "The query behind this answer", blocks: [queryBlock(turn.queries)], thread_ts: threadTs };
    const outcome = await context.client.try("chat.postEphemeral", { channel: place.channel, user: user.id, ...shown });
    if (outcome.kind !== "ok") context.logger.warn({ outcome: outcome.kind }, "A query could not be shown");
  });
}

/** Why this person is not shown it: who may not use Sophia, or does not read the answer. */
function whyNot(
  person: Person,
  { team, channel }: { team: string | undefined; channel: string },
  turn: QueriedTurn | undefined,
  context: ListenerContext,
): { reason: string; words: string } | undefined {
  if (!isOwnPerson({ team }, context.workspace))
    return { reason: "other_workspace", words: "I answer people of my own workspace only." };
  const words = wordsFor(person, context);
  if (words !== undefined) return { reason: reasonToRefuse(person, context.guests) ?? "nobody", words };
  const isReader = !turn || (turn.audience === "private" ? turn.userId === person.userId : turn.channel === channel);
  if (isReader) return undefined;
  return { reason: "not_a_reader", words: "Only who reads this answer can see its query." };
}

/** Rich text in place of Slack's markup: whatever stands in a statement, nothing of it is a mention or a link. */
function queryBlock(queries: readonly ShownQuery[]): RichTextBlock {
  const shown = queries.slice(0, mostQueries);
  const room = Math.floor(mostCharacters / shown.length);
  const elements: RichTextBlockElement[] = shown.flatMap((query): RichTextBlockElement[] => [
    sourceOf(query),
    { type: "rich_text_preformatted", elements: [{ type: "text", text: cut(query.sql, room) }] },
  ]);
  const left = queries.length - shown.length;
  if (left > 0) elements.push(section([{ type: "text", text: `And ${left} more.` }]));
  return { type: "rich_text", elements };
}

function sourceOf({ report, url, rows }: ShownQuery): RichTextSection {
  const what = report === undefined ? "Query" : `Report “${report}”`;
  const size = rows === undefined ? "" : `, ${rows} ${rows === 1 ? "row" : "rows"}`;
  const link = url === undefined ? [] : [text(" · "), { type: "link" as const, url, text: "open in Snowflake" }];
  return section([{ type: "text", text: what, style: { bold: true } }, text(` in Snowflake${size}`), ...link]);
}

function section(elements: RichTextSection["elements"]): RichTextSection {
  return { type: "rich_text_section", elements };
}

function text(words: string): RichTextSection["elements"][number] {
  return { type: "text", text: words };
}

function cut(sql: string, room: number): string {
  return sql.length <= room ? sql : `${sql.slice(0, room)}\n-- cut here: ${sql.length - room} characters more`;
}
