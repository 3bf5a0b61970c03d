import { z } from "zod";
import { nearestName } from "../../../src/core/nearest-name.ts";
import { matchesWords } from "../../shared/match-words.ts";
import { pageOf } from "../../shared/page.ts";
import { cursorArgument, hubspotTool, limitArgument, readsHubSpot } from "../arguments.ts";

export const listOwners = hubspotTool({
  name: "list_owners",
  title: "List owners",
  description:
    "Our own people, sales reps and others, who own deals and other records in HubSpot, by name, e-mail address or team. The e-mail address is what the other tools take as `owner`. Customers are contacts: get_contacts.",
  input: z.strictObject({
    query: z.string().min(1).max(200).optional().describe("A name, part of one, an e-mail address or a team"),
    limit: limitArgument(100, 50),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    owners: z.array(
      z.strictObject({
        id: z.string(),
        user_id: z.string().nullable().describe("By which HubSpot says who changed a record"),
        name: z.string(),
        email: z.string().nullable(),
        teams: z.array(z.string()),
      }),
    ),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
    did_you_mean: z.string().optional().describe("The nearest name, where nobody fits"),
  }),
  annotations: readsHubSpot,
  progress: { one: "Looking up owners in HubSpot", many: "Looking up owners in HubSpot ({count} times)" },

  async run({ query, limit, cursor }, context) {
    const everybody = await context.client.session(context).owners();
    const fitting = everybody
      .filter(
        ({ name, email, teams }) => !query || [name, email ?? "", ...teams].some((text) => matchesWords(query, text)),
      )
      .sort((left, right) => left.name.localeCompare(right.name));
    const { items, ...page } = pageOf(fitting, { limit, cursor, query: ["list_owners", query ?? null] });
    const nearest =
      query && fitting.length === 0
        ? nearestName(
            query,
            everybody.map(({ name }) => name),
          )
        : undefined;
    return {
      owners: items.map(({ id, userId, name, email, teams }) => ({ id, user_id: userId, name, email, teams })),
      ...page,
      ...(nearest === undefined ? {} : { did_you_mean: nearest }),
    };
  },
});
