import { z } from "zod";
import { matchesWords } from "../../shared/match-words.ts";
import { pageOf } from "../../shared/page.ts";
import { cursorArgument, limitArgument, readsSlack, slackTool, urlOutput } from "../message-output.ts";
import type { Place } from "../places.ts";

export const findChannel = slackTool({
  name: "find_channel",
  title: "Find a channel",
  description:
    "Finds which Slack channels there are by words of their name, topic or purpose, or lists them: public ones, and private ones that whoever asks and Sophia are both in (those only where nobody else reads the answer). Archived ones are left out.",
  input: z.strictObject({
    query: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("Words of the name, topic or purpose; all channels without it"),
    only_mine: z.boolean().default(false).describe("Only channels that whoever asks is in"),
    limit: limitArgument(20),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    channels: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        topic: z.string().nullable(),
        purpose: z.string().nullable(),
        members: z.int().nullable(),
        is_private: z.boolean(),
        asker_is_in: z.boolean().describe("Needed to have something sent there"),
        sophia_is_in: z.boolean().describe("Needed to read it or to send something there"),
        read_by_another_company: z.boolean(),
        url: urlOutput,
      }),
    ),
    truncated: z.boolean(),
    cursor: z.string().optional(),
    complete: z.boolean().describe("False in a workspace of over 5,000 channels: others may fit as well"),
  }),
  annotations: readsSlack,
  progress: { one: "Looking up a channel in Slack", many: "Looking up {count} channels in Slack" },

  async run({ query, only_mine: onlyMine, limit, cursor }, context) {
    const session = context.client.session(context);
    const [{ visible, own }, identity] = await Promise.all([session.channels(), session.identity()]);
    const fits = ({ id, name, topic, purpose }: Place) => {
      const isWanted = query === undefined || [name, topic, purpose].some((text) => text && matchesWords(query, text));
      return isWanted && (!onlyMine || own.has(id));
    };
    const fitting = visible.items
      .filter(fits)
      .toSorted((left, right) => order(left, query) - order(right, query) || byName(left, right));
    const page = pageOf(fitting, { limit, cursor, query: ["find_channel", query ?? null, onlyMine] });
    return {
      channels: page.items.map((place) => ({
        id: place.id,
        name: place.name ?? place.id,
        topic: place.topic,
        purpose: place.purpose,
        members: place.members,
        is_private: place.kind !== "public",
        asker_is_in: own.has(place.id),
        sophia_is_in: place.sophiaIsIn,
        read_by_another_company: place.isExternallyShared,
        url: `${identity.url}archives/${place.id}`,
      })),
      truncated: page.truncated,
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
      complete: visible.complete,
    };
  },
});

/** Those first whose name has the words. */
function order({ name }: Place, query: string | undefined): number {
  return query !== undefined && name && matchesWords(query, name) ? 0 : 1;
}

function byName(left: Place, right: Place): number {
  return (left.name ?? "").localeCompare(right.name ?? "");
}
