import { z } from "zod";
import { ForbiddenError } from "../../../src/core/errors.ts";
import { nearestName } from "../../../src/core/nearest-name.ts";
import { matchesWords } from "../../shared/match-words.ts";
import { pageOf } from "../../shared/page.ts";
import { cursorArgument, limitArgument, readsSlack, slackTool, urlOutput } from "../message-output.ts";
import type { Person } from "../people.ts";

export const findUser = slackTool({
  name: "find_user",
  title: "Find a person",
  description:
    "Finds people of the Slack workspace by name, title or e-mail address; several may fit. The id is for mentions (<@ID>), the e-mail address for direct messages.",
  input: z.strictObject({
    query: z.string().min(1).max(200).describe("A name, part of one, a title, or an e-mail address"),
    limit: limitArgument(20),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    users: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        email: z.string().nullable(),
        title: z.string().nullable(),
        time_zone: z.string().nullable(),
        is_guest: z.boolean(),
        url: urlOutput,
      }),
    ),
    truncated: z.boolean(),
    cursor: z.string().optional(),
    complete: z.boolean().describe("False in a workspace of over 5,000 people: others may fit as well"),
    did_you_mean: z.string().optional().describe("The nearest name, where nobody fits"),
  }),
  annotations: readsSlack,
  progress: { one: "Looking up a person in Slack", many: "Looking up {count} people in Slack" },

  async run({ query, limit, cursor }, context) {
    const session = context.client.session(context);
    const asker = await session.asker();
    // Slack shows a guest only those who are in the guest's own channels.
    if (asker?.person.standing === "guest") throw new ForbiddenError("Guests cannot look up the workspace's people.");
    const [{ items, complete }, identity] = await Promise.all([session.people(), session.identity()]);
    const people = items.filter(({ standing }) => standing === "member" || standing === "guest");
    const fitting = people.filter((person) => isCalled(person, query));
    const page = pageOf(
      fitting.toSorted((left, right) => left.name.localeCompare(right.name)),
      {
        limit,
        cursor,
        query: ["find_user", query],
      },
    );
    const nearest = fitting.length === 0 ? nearestOf(query, people) : undefined;
    return {
      users: page.items.map(({ id, name, email, title, timeZone, standing }) => {
        const url = `${identity.url}team/${id}`;
        return { id, name, email, title, time_zone: timeZone, is_guest: standing === "guest", url };
      }),
      truncated: page.truncated,
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
      complete,
      ...(nearest === undefined ? {} : { did_you_mean: nearest }),
    };
  },
});

function isCalled({ id, name, email, title }: Person, query: string): boolean {
  if (query.includes("@")) return email?.toLowerCase() === query.trim().toLowerCase();
  return id === query.trim() || [name, title, email].some((text) => text && matchesWords(query, text));
}

/** By the whole name, or by one word of it. */
function nearestOf(query: string, people: readonly Person[]): string | undefined {
  const names = people.map(({ name }) => name);
  const words = new Map(names.flatMap((name) => name.split(/\s+/).map((word) => [word, name] as const)));
  return nearestName(query, names) ?? words.get(nearestName(query, [...words.keys()]) ?? "");
}
