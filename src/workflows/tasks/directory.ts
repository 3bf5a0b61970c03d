import { z } from "zod";
import type { Caller } from "../../agent/ports.ts";
import type { Clock } from "../../core/clock.ts";
import type { ToolReader } from "../tool-reader.ts";
import type { TaskPerson } from "./line-state.ts";

/** What Asana knows of projects and people, for lines that name them. */
export interface TaskDirectory {
  /** Names of the projects that are not archived. Throws ServiceError. */
  projects(signal: AbortSignal): Promise<readonly string[]>;
  /** Everybody whose name or address has this word. Throws ServiceError. */
  named(word: string, signal: AbortSignal): Promise<readonly TaskPerson[]>;
}

export interface TaskDirectoryOptions {
  reader: ToolReader;
  /** Sophia herself: what she finds is compared with a line, and shown to nobody as a list. */
  caller: Caller;
  clock: Clock;
  /** Milliseconds for which an answer is believed: five minutes unless told. */
  ttlMs?: number | undefined;
}

const projectPage = z.object({ projects: z.array(z.object({ name: z.string() })), cursor: z.string().optional() });
const peoplePage = z.object({ users: z.array(z.object({ name: z.string(), email: z.string().nullable() })) });

const mostPages = 10;
const mostAnswers = 500;

export function createTaskDirectory({ reader, caller, clock, ttlMs = 300_000 }: TaskDirectoryOptions): TaskDirectory {
  const cached = <Value>(load: (key: string, signal: AbortSignal) => Promise<Value>) => {
    const known = new Map<string, { value: Value; until: number }>();
    return async (key: string, signal: AbortSignal): Promise<Value> => {
      const found = known.get(key);
      if (found && found.until > clock.now()) return found.value;
      const value = await load(key, signal);
      if (known.size >= mostAnswers) known.clear();
      known.set(key, { value, until: clock.now() + ttlMs });
      return value;
    };
  };
  const projects = cached(async (_, signal) => {
    const names: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < mostPages && (page === 0 || cursor !== undefined); page++) {
      const args = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
      const { output } = await reader("asana__list_projects", args, projectPage, caller, signal);
      names.push(...output.projects.map(({ name }) => name));
      cursor = output.cursor;
    }
    return names;
  });
  const named = cached(async (query, signal) => {
    const { output } = await reader("asana__find_user", { query }, peoplePage, caller, signal);
    return output.users.flatMap(({ name, email }) => (email === null ? [] : { name, email }));
  });
  return {
    projects: (signal) => projects("all", signal),
    named: (word, signal) => named(word.toLowerCase(), signal),
  };
}
