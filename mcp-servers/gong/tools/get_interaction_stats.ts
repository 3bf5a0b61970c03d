import { z } from "zod";
import { pageOf } from "../../shared/page.ts";
import type { NamedFigure } from "../answers.ts";
import { gongTool, readsGong } from "../call-output.ts";
import type { GongCall } from "../calls.ts";
import { personFields, personOf, statsArguments, statsDays, statsFrame } from "../stats.ts";

const figures = {
  talk_ratio: z.number().nullable().describe("Share of the talking, from 0 to 1"),
  longest_monologue_seconds: z.number().nullable(),
  longest_customer_story_seconds: z.number().nullable(),
  interactivity: z.number().nullable().describe("How often the talking changes sides, up to 10"),
  patience_seconds: z.number().nullable().describe("How long the person waits after the customer has spoken"),
  question_rate: z.number().nullable().describe("Questions in an hour of call"),
};

export const getInteractionStats = gongTool({
  name: "get_interaction_stats",
  title: "Get interaction statistics of reps",
  description:
    "How our people talk on their calls, averaged by Gong over a range of days: talk ratio, longest monologue, longest customer story, interactivity, patience, question rate. " +
    "Private calls that the asker may not see are left out. null: Gong has no figure. How many calls they had is in get_rep_activity.",
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
    const hosts = interaction.people.filter(({ userId }) => hidden.get(userId)?.hosted).map(({ userId }) => userId);
    const own = hosts.length === 0 ? [] : await reader.hostedCalls({ ...days.range, ownerIds: hosts });
    const people = interaction.people.flatMap((person) => {
      const calls = hosts.includes(person.userId) ? own.filter(({ ownerId }) => ownerId === person.userId) : undefined;
      if (calls?.length === 0) return [];
      const figures = calls ? averages(calls) : readFigures(person.personInteractionStats ?? []);
      return [{ ...personOf(person, users), ...figures }];
    });
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

type Figures = Record<keyof typeof figures, number | null>;

function readFigures(stats: readonly NamedFigure[]): Figures {
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

/** Gong's averages hold private calls as well: for a host with any that the asker may not see, ours of the others. */
function averages(calls: readonly GongCall[]): Figures {
  const each = calls.map(({ interaction }) => readFigures(interaction?.interactionStats ?? []));
  const mean = (figure: keyof Figures): number | null => {
    const values = each.flatMap((one) => one[figure] ?? []);
    return values.length === 0 ? null : round(values.reduce((sum, value) => sum + value, 0) / values.length);
  };
  const hours = calls.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0) / 3600;
  const questions = calls.reduce((sum, { interaction }) => sum + (interaction?.questions?.companyCount ?? 0), 0);
  return {
    talk_ratio: mean("talk_ratio"),
    longest_monologue_seconds: mean("longest_monologue_seconds"),
    longest_customer_story_seconds: mean("longest_customer_story_seconds"),
    interactivity: mean("interactivity"),
    patience_seconds: mean("patience_seconds"),
    question_rate: hours > 0 ? round(questions / hours) : null,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
