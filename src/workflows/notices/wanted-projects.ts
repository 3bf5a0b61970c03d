import type { RouteBook } from "../routes.ts";

/**
 * The projects of whose tasks routes tell, as they name them; a route of tasks that names none wants them all. One that is not
 * followed takes no other's place; where it is only Slack that does not say, what was asked for stays.
 */
export async function wantedProjects(routes: Pick<RouteBook, "all">): Promise<{ named: string[]; andOthers: boolean }> {
  const named = (await routes.all())
    .filter(({ what, problem }) => what === "tasks" && (problem === undefined || problem === "away"))
    .map(({ where }) => where.projects ?? []);
  return { named: named.flat(), andOthers: named.some((projects) => projects.length === 0) };
}
