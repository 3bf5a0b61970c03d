import { z } from "zod";
import { pageOf } from "../../shared/page.ts";
import { isCalled } from "../access.ts";
import { nearestOf } from "../names.ts";
import { asanaTool, cursorArgument, limitArgument, readsAsana } from "../task-output.ts";

export const findUser = asanaTool({
  name: "find_user",
  title: "Find a person",
  description:
    "Finds people (colleagues, users) in Asana by name, e-mail address or id; several may fit. The e-mail address or the name is what assignee and followers take.",
  input: z.strictObject({
    query: z.string().min(1).max(200).describe("A name, part of one, an e-mail address or an id"),
    limit: limitArgument(20),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    users: z.array(z.strictObject({ id: z.string(), name: z.string(), email: z.string().nullable() })),
    truncated: z.boolean(),
    cursor: z.string().optional(),
    complete: z
      .boolean()
      .describe("False in a workspace of over 500 people: others may fit as well; send more of the name"),
    did_you_mean: z.string().optional().describe("The nearest name, where nobody fits"),
  }),
  annotations: readsAsana,
  progress: { one: "Looking up a person in Asana", many: "Looking up {count} people in Asana" },

  async run({ query, limit, cursor }, context) {
    const access = context.client.access(context);
    const isId = /^\d+$/.test(query);
    const { items: people, isCut } = isId
      ? { items: [await access.person(query, "query")], isCut: false }
      : await access.people(query);
    const fitting = isId ? people : people.filter((person) => isCalled(person, query));
    fitting.sort((left, right) => left.name.localeCompare(right.name));
    const page = pageOf(fitting, { limit, cursor, query: ["find_user", query] });
    const names = people.map(({ name }) => name);
    const nearest = fitting.length === 0 ? nearestOf(query, names) : undefined;
    return {
      users: page.items.map(({ gid, name, email }) => ({ id: gid, name, email })),
      truncated: page.truncated,
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
      complete: !isCut,
      ...(nearest === undefined ? {} : { did_you_mean: nearest }),
    };
  },
});
