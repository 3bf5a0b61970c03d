import { z } from "zod";
import { matchesWords } from "../../shared/match-words.ts";
import { pageOf } from "../../shared/page.ts";
import { cursorArgument, gongTool, readsGong } from "../call-output.ts";

/** A tracker may hold hundreds of phrases; these are enough to know what it listens for. */
const shownKeywords = 25;

export const listTrackers = gongTool({
  name: "list_trackers",
  title: "List trackers",
  description:
    "The keyword trackers that are set up in Gong (competitors, objections, pricing ...) and the phrases that each listens for. " +
    "Smart (AI) trackers are not in Gong's answer. How often a tracker was heard on a call is in get_call_summary.",
  input: z.strictObject({
    query: z.string().min(1).max(200).optional().describe("Only trackers with these words in their name"),
    limit: z.int().min(1).max(100).default(50).describe("Most trackers on a page"),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    trackers: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        listens_to: z.enum(["anyone", "our people", "customers"]),
        only_in_questions: z.boolean(),
        keywords: z.array(z.string()).describe(`At most ${shownKeywords}`),
        keyword_count: z.int(),
      }),
    ),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsGong,
  progress: { one: "Looking up trackers in Gong", many: "Looking up trackers in Gong ({count} times)" },

  async run({ query, limit, cursor }, context) {
    const all = await context.client.reader(context).trackers();
    const named = all.map((tracker) => ({ ...tracker, name: tracker.trackerName || "Unnamed tracker" }));
    const fitting = query === undefined ? named : named.filter(({ name }) => matchesWords(query, name));
    fitting.sort((left, right) => left.name.localeCompare(right.name));
    const { items, ...page } = pageOf(fitting, { limit, cursor, query: ["list_trackers", query ?? null] });
    return {
      trackers: items.map((tracker) => {
        const keywords = (tracker.languageKeywords ?? []).flatMap((language) => language.keywords ?? []);
        return {
          id: tracker.trackerId,
          name: tracker.name,
          listens_to: listensTo(tracker.affiliation),
          only_in_questions: tracker.partOfQuestion ?? false,
          keywords: keywords.slice(0, shownKeywords),
          keyword_count: keywords.length,
        };
      }),
      ...page,
    };
  },
});

/** Gong's words: Anyone, Company, NonCompany. */
function listensTo(affiliation: string | null | undefined): "anyone" | "our people" | "customers" {
  if (affiliation === "Company") return "our people";
  return affiliation === "NonCompany" ? "customers" : "anyone";
}
