import { z } from "zod";
import { nearestName } from "../../../src/core/nearest-name.ts";
import { matchesWords } from "../../shared/match-words.ts";
import { pageOf } from "../../shared/page.ts";
import { cursorArgument, gongTool, readsGong } from "../call-output.ts";
import { type GongUser, userName } from "../client.ts";

export const findUser = gongTool({
  name: "find_user",
  title: "Find a person of ours",
  description:
    "Finds our own people in Gong by name or e-mail address; several may fit. The e-mail address is what get_calls (owner_email), get_rep_activity and get_interaction_stats take. " +
    "Customers are not users: find their calls with find_calls (person).",
  input: z.strictObject({
    query: z.string().min(1).max(200).describe("A name, part of one, or an e-mail address"),
    limit: z.int().min(1).max(100).default(20).describe("Most people on a page"),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    users: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        email: z.string().nullable(),
        title: z.string().nullable(),
        active: z.boolean(),
        manager: z.string().nullable(),
      }),
    ),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
    did_you_mean: z.string().optional().describe("The nearest name, where nobody fits"),
  }),
  annotations: readsGong,
  progress: { one: "Looking up a person in Gong", many: "Looking up {count} people in Gong" },

  async run({ query, limit, cursor }, context) {
    const everybody = await context.client.reader(context).users();
    const fitting = everybody.filter((user) => fits(user, query)).sort(activeFirst);
    const { items, ...page } = pageOf(fitting, { limit, cursor, query: ["find_user", query] });
    const names = new Map(everybody.map((user) => [user.id, userName(user)]));
    const nearest = fitting.length === 0 ? nearestName(query, [...names.values()]) : undefined;
    return {
      users: items.map((user) => ({
        id: user.id,
        name: userName(user),
        email: user.emailAddress ?? null,
        title: user.title ?? null,
        active: user.active ?? true,
        manager: names.get(user.managerId ?? "") ?? null,
      })),
      ...page,
      ...(nearest === undefined ? {} : { did_you_mean: nearest }),
    };
  },
});

function fits(user: GongUser, query: string): boolean {
  const texts = [userName(user), user.emailAddress ?? "", ...(user.emailAliases ?? [])];
  return texts.some((text) => matchesWords(query, text));
}

function activeFirst(left: GongUser, right: GongUser): number {
  const active = Number(right.active ?? true) - Number(left.active ?? true);
  return active || userName(left).localeCompare(userName(right));
}
