import { createAccounts } from "./accounts.ts";
import { createCall } from "./calls.ts";
import { createCrm } from "./crm.ts";
import type { Crm } from "./crm-types.ts";
import { createDeals } from "./deals.ts";
import { createDocuments } from "./documents.ts";
import type { Finance } from "./finance-types.ts";
import { createInfrastructure } from "./infrastructure.ts";
import { COMPANY_TIME_ZONE, createChannels, createPeople } from "./people.ts";
import { planCalls } from "./plan-calls.ts";
import { setExceptions } from "./exceptions.ts";
import { createFinance } from "./revenue.ts";
import { createSchedule, quietDayBefore } from "./schedule.ts";
import { createWork } from "./tasks.ts";
import type { InfraStack, KnowledgeDocument, World } from "./types.ts";
import { createUserGroups, createVisitors } from "./visitors.ts";
import type { Work } from "./work-types.ts";
import { dayOf } from "./zones.ts";

export interface WorldOptions {
  seed?: number | undefined;
  /** Epoch ms; everything is dated relative to it. */
  now: number;
}

/** The same seed and instant give the same world, to the last word. */
export function createWorld({ seed = 1, now }: WorldOptions): World {
  const people = createPeople();
  const accounts = createAccounts(seed, people);
  const today = dayOf(now, askerZone(people));
  const deals = createDeals(seed, accounts, today);
  const slots = createSchedule(seed, now, today, people);
  const plans = planCalls(seed, slots, people, accounts, deals);
  setExceptions(plans);
  const calls = plans.map((plan, index) => createCall(seed, index, plan, people));
  let infrastructure: InfraStack[] | undefined;
  let documents: KnowledgeDocument[] | undefined;
  const held = [...calls];
  let crm: Crm | undefined;
  let work: Work | undefined;
  let finance: Finance | undefined;
  return {
    seed,
    createdAt: new Date(now).toISOString(),
    companyTimeZone: COMPANY_TIME_ZONE,
    people,
    visitors: createVisitors(accounts),
    userGroups: createUserGroups(people),
    channels: createChannels(people),
    accounts,
    deals,
    calls,
    get crm() {
      crm ??= createCrm({ seed, now, people, accounts, deals, calls: held });
      return crm;
    },
    get infrastructure() {
      infrastructure ??= createInfrastructure({ seed, now, people });
      return infrastructure;
    },
    get documents() {
      documents ??= createDocuments({ people, accounts, calls, now });
      return documents;
    },
    get work() {
      work ??= createWork({
        seed,
        now,
        today,
        companyTimeZone: COMPANY_TIME_ZONE,
        people,
        accounts,
        deals,
        calls: held,
      });
      return work;
    },
    get finance() {
      finance ??= createFinance({ seed, accounts, deals, today });
      return finance;
    },
  };
}

/** The working day of the last two weeks (YYYY-MM-DD) on which nobody had a call, whatever zone they count it in. */
export function quietDay(world: Pick<World, "seed" | "createdAt" | "people">): string {
  return quietDayBefore(world.seed, dayOf(Date.parse(world.createdAt), askerZone(world.people)));
}

function askerZone(people: World["people"]): string {
  return people[0]?.timeZone ?? "UTC";
}
