import { z } from "zod";
import { pageOf } from "../../shared/page.ts";
import { gongTool, readsGong } from "../call-output.ts";
import type { HiddenCalls } from "../reader.ts";
import { personFields, personOf, statsArguments, statsDays, statsFrame } from "../stats.ts";

/** Ours on the left; the words of Gong's field names would not tell a reader who did what. */
const figures = {
  calls_hosted: "callsAsHost",
  calls_attended: "callsAttended",
  own_calls_listened_to: "ownCallsListenedTo",
  others_calls_listened_to: "othersCallsListenedTo",
  calls_shared_internally: "callsSharedInternally",
  calls_shared_externally: "callsSharedExternally",
  feedback_given: "callsGaveFeedback",
  feedback_received: "callsReceivedFeedback",
  feedback_requested: "callsRequestedFeedback",
  comments_given: "callsCommentsGiven",
  comments_received: "callsCommentsReceived",
  scorecards_filled: "callsScorecardsFilled",
  scorecards_received: "callsScorecardsReceived",
} as const;

type Figure = keyof typeof figures;

const names = Object.keys(figures) as Figure[];
const figureFields = Object.fromEntries(names.map((name) => [name, z.int()])) as Record<Figure, z.ZodInt>;

export const getRepActivity = gongTool({
  name: "get_rep_activity",
  title: "Get activity of reps",
  description:
    "How many calls each of our people hosted, attended, listened to, shared, commented and scored over a range of days, the busiest host first. " +
    "Private calls that the asker may not see are not counted. How people talk on calls is in get_interaction_stats.",
  input: z.strictObject(statsArguments),
  output: z.strictObject({ people: z.array(z.strictObject({ ...personFields, ...figureFields })), ...statsFrame }),
  annotations: readsGong,
  progress: { one: "Looking up activity in Gong", many: "Looking up activity in Gong ({count} times)" },

  async run(input, context) {
    const { client } = context;
    const reader = client.reader(context);
    const days = statsDays(input.from_date, input.to_date, context.clock.now(), client.timeZone);
    const userIds = input.emails && (await reader.userIds(input.emails));
    const [activity, hidden, users] = await Promise.all([
      reader.activity({ ...days.filter, ...(userIds ? { userIds } : {}) }),
      reader.hiddenCalls(days.range),
      reader.usersById(),
    ]);
    const people = activity.people.flatMap((person) => {
      const counted = without(hidden.get(person.userId), readFigures(person.userAggregateActivityStats ?? {}));
      return counted ? [{ ...personOf(person, users), ...counted }] : [];
    });
    people.sort((left, right) => right.calls_hosted - left.calls_hosted || left.name.localeCompare(right.name));
    const query = ["get_rep_activity", days.fromDate, days.toDate, input.emails ?? null];
    const { items, ...page } = pageOf(people, { limit: input.limit, cursor: input.cursor, query });
    const frame = { from_date: days.fromDate, to_date: days.toDate, time_zone: activity.timeZone ?? client.timeZone };
    return { people: items, ...frame, ...page };
  },
});

function readFigures(
  stats: Partial<Record<(typeof figures)[Figure], number | null | undefined>>,
): Record<Figure, number> {
  return Object.fromEntries(names.map((name) => [name, stats[figures[name]] ?? 0])) as Record<Figure, number>;
}

/** The figures as if the hidden calls did not exist; undefined for who had no others. */
function without(hidden: HiddenCalls | undefined, counted: Record<Figure, number>): Record<Figure, number> | undefined {
  if (!hidden) return counted;
  const calls_hosted = Math.max(0, counted.calls_hosted - hidden.hosted);
  const calls_attended = Math.max(0, counted.calls_attended - hidden.attended);
  return calls_hosted + calls_attended === 0 ? undefined : { ...counted, calls_hosted, calls_attended };
}
