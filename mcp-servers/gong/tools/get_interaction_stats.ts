import { z } from "zod";
import { pageOf } from "../../shared/page.ts";
import { gongTool, readsGong } from "../call-output.ts";
import { personFields, personOf, statsArguments, statsDays, statsFrame } from "../stats.ts";

const figures = {
  talk_ratio: z.number().nullable().describe("Share of the talking, from 0 to 1"),
  longest_monologue_seconds: z.number().nullable(),
  longest_customer_story_seconds: z.number().nullable(),
  interactivity: z.number().nullable().describe("How often the talking changes sides, from 0 to 10"),
  patience_seconds: z.number().nullable().describe("How long the person waits after the customer has spoken"),
  question_rate: z.number().nullable().describe("Questions in an hour of call"),
};

export const getInteractionStats = gongTool({
  name: "get_interaction_stats",
  title: "Get interaction statistics of reps",
  description:
    "How our people talk on their calls, averaged by Gong over a range of days: talk ratio, longest monologue, longest customer story, interactivity, patience, question rate. " +
    "null: Gong has no figure. How many calls they had is in get_rep_activity.",
  input: z.strictObject(statsArguments),
  output: z.strictObject({ people: z.array(z.strictObject({ ...personFields, ...figures })), ...statsFrame }),
  annotations: readsGong,
  progress: { one: "Looking up talk statistics in Gong", many: "Looking up talk statistics in Gong ({count} times)" },

  async run(input, context) {
    const { client } = context;
    const reader = client.reader(context);
    const days = statsDays(input.from_date, input.to_date, context.clock.now(), client.timeZone);
    const userIds = input.emails && (await reader.userIds(input.emails));
    const [interaction, hidden, users] = await Promise.all([
      reader.interaction({ ...days.filter, ...(userIds ? { userIds } : {}) }),
      reader.hiddenCalls(days.range),
      reader.usersById(),
    ]);
    const people = interaction.people
      // An average cannot be freed of a private call; where there is nothing but such calls it would describe them alone.
      .filter(({ userId }) => !onlyHidden(hidden.get(userId)))
      .map((person) => ({ ...personOf(person, users), ...readFigures(person.personInteractionStats ?? []) }));
    people.sort((left, right) => left.name.localeCompare(right.name));
    const query = ["get_interaction_stats", days.fromDate, days.toDate, input.emails ?? null];
    const { items, ...page } = pageOf(people, { limit: input.limit, cursor: input.cursor, query });
    const frame = {
      from_date: days.fromDate,
      to_date: days.toDate,
      time_zone: interaction.timeZone ?? client.timeZone,
    };
    return { people: items, ...frame, ...page };
  },
});

function onlyHidden(calls: { hosted: number; attended: number; seen: number } | undefined): boolean {
  return calls !== undefined && calls.seen === 0 && calls.hosted + calls.attended > 0;
}

/** Gong names each figure in words ("Longest Monologue"). */
function readFigures(stats: readonly { name?: string | null | undefined; value?: number | null | undefined }[]) {
  const byName = new Map(stats.map(({ name, value }) => [name?.toLowerCase(), value ?? null]));
  return {
    talk_ratio: byName.get("talk ratio") ?? null,
    longest_monologue_seconds: byName.get("longest monologue") ?? null,
    longest_customer_story_seconds: byName.get("longest customer story") ?? null,
    interactivity: byName.get("interactivity") ?? null,
    patience_seconds: byName.get("patience") ?? null,
    question_rate: byName.get("question rate") ?? null,
  };
}
