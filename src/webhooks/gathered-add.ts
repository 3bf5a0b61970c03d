import type { Events, InboundEvent } from "../storage/events.ts";

interface Waiting {
  events: readonly InboundEvent[];
  resolve: (added: number) => void;
  reject: (error: unknown) => void;
}

/** Events that one statement stores at most. */
const most = 500;

/**
 * `events.add` for a storm: what comes in while one statement is under way goes together with the next. Each caller hears how many
 * were new in the statement that stored theirs, or what was wrong with their own.
 */
export function gatheredAdd(events: Pick<Events, "add">): Events["add"] {
  const waiting: Waiting[] = [];
  let isAdding = false;
  const addNext = async (): Promise<void> => {
    const group = takeGroup(waiting);
    try {
      const added = await events.add(group.flatMap((one) => one.events));
      for (const { resolve } of group) resolve(added);
    } catch (error) {
      if (group.length === 1) return group[0]?.reject(error);
      // One that cannot be stored must not keep the others out.
      for (const one of group) await events.add(one.events).then(one.resolve, one.reject);
    }
  };
  const run = async (): Promise<void> => {
    isAdding = true;
    while (waiting.length > 0) await addNext();
    isAdding = false;
  };
  return (told) =>
    new Promise((resolve, reject) => {
      if (told.length === 0) return resolve(0);
      waiting.push({ events: told, resolve, reject });
      if (!isAdding) void run();
    });
}

function takeGroup(waiting: Waiting[]): Waiting[] {
  const group = waiting.splice(0, 1);
  let size = group[0]?.events.length ?? 0;
  while (waiting[0] && size + waiting[0].events.length <= most) {
    size += waiting[0].events.length;
    group.push(...waiting.splice(0, 1));
  }
  return group;
}
