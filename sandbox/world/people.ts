import type { Channel, Person } from "./types.ts";
import { GUEST_ID, PARTNER_ID } from "./visitors.ts";

/** Where the company has its seat, and in which Gong counts its days: on purpose not the first person's zone. */
export const COMPANY_TIME_ZONE = "America/Chicago";
export const COMPANY_NAME = "Pay Ready";
const COMPANY_DOMAIN = "payready.example";

type Row = [
  id: string,
  handle: string,
  name: string,
  title: string,
  team: Person["team"],
  timeZone: string,
  gongUserId: string,
  manager: string | undefined,
];

// The same for every seed, so that a test or a document can name them. The first one asks where nobody else is named.
const ROWS: Row[] = [
  [
    "U07MAYAOKAF",
    "maya",
    "Maya Okafor",
    "Sales Manager, Americas",
    "management",
    "America/New_York",
    "4827105936621847205",
    "ben",
  ],
  [
    "U07DANIELWH",
    "daniel",
    "Daniel Whitfield",
    "Senior Account Executive",
    "sales",
    "America/New_York",
    "6091823745510293847",
    "maya",
  ],
  [
    "U07TOMASHER",
    "tomas",
    "Tomás Herrera",
    "Account Executive",
    "sales",
    "America/Chicago",
    "7710293845566102938",
    "maya",
  ],
  [
    "U07GRACELIN",
    "grace",
    "Grace Lindqvist",
    "Account Executive",
    "sales",
    "America/Los_Angeles",
    "8123640197725500173",
    "maya",
  ],
  [
    "U07OLIVERAS",
    "oliver",
    "Oliver Ashworth",
    "Sales Manager, EMEA",
    "management",
    "Europe/London",
    "3390017264455829103",
    "ben",
  ],
  [
    "U07ZOEMULLE",
    "zoe",
    "Zoë Müller-Łukasik",
    "Account Executive, EMEA",
    "sales",
    "Europe/London",
    "5520918374650019283",
    "oliver",
  ],
  [
    "U07PRIYARAG",
    "priya",
    "Priya Raghunathan",
    "Account Executive, India",
    "sales",
    "Asia/Kolkata",
    "17293847560192837465",
    "oliver",
  ],
  [
    "U07JACKNGUY",
    "jack",
    "Jack Nguyen",
    "Account Executive, APAC",
    "sales",
    "Australia/Sydney",
    "9120384756610293841",
    "oliver",
  ],
  [
    "U07HANNAHKO",
    "hannah",
    "Hannah Kowalski",
    "Sales Development Representative",
    "sales",
    "America/Chicago",
    "2019384756601928374",
    "maya",
  ],
  [
    "U07BENACHTE",
    "ben",
    "Ben Achterberg",
    "VP Sales",
    "management",
    "America/Los_Angeles",
    "1029384756473829105",
    undefined,
  ],
  [
    "U07RUTHABAR",
    "ruth",
    "Ruth Abara",
    "Sales Operations Lead",
    "operations",
    "America/Phoenix",
    "6677182930455610928",
    "ben",
  ],
  [
    "U07ARJUNMEH",
    "arjun",
    "Arjun Mehta",
    "Solutions Engineer",
    "engineering",
    "Asia/Kolkata",
    "410293847566019283",
    "ben",
  ],
];

/** Who looks after the Slack workspace. */
const SLACK_ADMIN = "ruth";

export function createPeople(): Person[] {
  const idOf = new Map(ROWS.map(([id, handle]) => [handle, id]));
  return ROWS.map(([id, handle, name, title, team, timeZone, gongUserId, manager]) => ({
    id,
    handle,
    name,
    email: `${handle}@${COMPANY_DOMAIN}`,
    title,
    team,
    timeZone,
    gongUserId,
    managerId: manager && idOf.get(manager),
    ...(handle === SLACK_ADMIN ? { isSlackAdmin: true } : {}),
  }));
}

export function createChannels(people: readonly Person[]): Channel[] {
  const everybody = people.map((p) => p.id);
  const some = (...handles: string[]): string[] => people.filter((p) => handles.includes(p.handle)).map((p) => p.id);
  const open = (id: string, name: string, topic: string, memberIds: string[]): Channel => ({
    id,
    name,
    topic,
    isPrivate: false,
    memberIds,
  });
  return [
    open("C07GENERAL0", "general", "Announcements for all of Pay Ready", everybody),
    open("C07SALES000", "sales", "Deals, calls and questions for Sophia", everybody),
    open(
      "C07SALESEME",
      "sales-emea",
      "London, Kolkata and everything on their clocks",
      some("oliver", "zoe", "priya", "jack", "ben", "arjun"),
    ),
    {
      ...open("G07DEALDESK", "deal-desk", "Discounts and terms: stays in here", some("maya", "ben", "ruth", "daniel")),
      isPrivate: true,
    },
    open("C07CALLSUMM", "call-summaries", "What was said, and what comes next", everybody),
    open("C07PRODUCT0", "product-feedback", "What customers ask for", [
      ...some("maya", "grace", "tomas", "zoe", "arjun", "ruth"),
      GUEST_ID,
    ]),
    {
      ...open("C07EXTACME0", "ext-acme", "With Acme: what we say here, they read", [
        ...some("maya", "daniel", "arjun"),
        PARTNER_ID,
      ]),
      isExternallyShared: true,
    },
    open("C07RANDOM00", "random", "Lunch, dogs and the weather", everybody),
  ];
}

export const firstName = (name: string): string => name.split(" ")[0] ?? name;
