/** The one world that every stand-in shows a side of. Ids are strings; instants are ISO 8601 in UTC. */

import type { Crm } from "./crm-types.ts";
import type { Finance } from "./finance-types.ts";
import type { Work } from "./work-types.ts";

export interface Person {
  /** Slack user id: `U` and ten of [A-Z0-9]. */
  id: string;
  /** Slack handle, such as `maya`. */
  handle: string;
  name: string;
  email: string;
  title: string;
  team: "sales" | "management" | "operations" | "engineering";
  /** IANA zone. */
  timeZone: string;
  /** Gong user id, up to 20 digits. */
  gongUserId: string;
  managerId?: string | undefined;
  /** Looks after the Slack workspace. */
  isSlackAdmin?: boolean | undefined;
}

/** Somebody whom Slack knows and no other service: no call, deal or task is theirs. */
export interface Visitor extends Pick<Person, "id" | "handle" | "name" | "title" | "timeZone"> {
  email: string;
  /** A guest of one channel, somebody who has left, or somebody of another company's workspace. */
  standing: "guest" | "deleted" | "external";
}

/** People whom Slack calls together by one handle. */
export interface UserGroup {
  /** Slack's id: `S` and ten of [A-Z0-9]. */
  id: string;
  handle: string;
  name: string;
  description: string;
  memberIds: string[];
}

export interface Channel {
  /** Slack channel id: `C` (or `G` where private) and ten of [A-Z0-9]. */
  id: string;
  name: string;
  topic: string;
  isPrivate: boolean;
  /** Another company reads along. */
  isExternallyShared?: boolean | undefined;
  memberIds: string[];
}

export interface Contact {
  id: string;
  name: string;
  email: string;
  title: string;
}

export interface Account {
  id: string;
  name: string;
  domain: string;
  industry: string;
  /** Where its head office is. */
  city: string;
  /** Homes that it manages. */
  units: number;
  /** The property management system that it runs: "Yardi Voyager". */
  propertySystem: string;
  /** Whom it pays for rent payments today. */
  incumbent: string;
  ownerId: string;
  contacts: Contact[];
}

export type DealStage = "discovery" | "evaluation" | "proposal" | "negotiation" | "closed_won" | "closed_lost";

export interface Deal {
  id: string;
  name: string;
  accountId: string;
  ownerId: string;
  stage: DealStage;
  /** Homes that the deal covers. */
  units: number;
  /** Hundredths of `currency` for a home and month. */
  unitPrice: number;
  /** A year's value, in whole units of `currency`: `units` for twelve months at `unitPrice`. */
  amount: number;
  currency: string;
  /** YYYY-MM-DD. */
  closeDate: string;
}

export interface Party {
  speakerId: string;
  name: string;
  email: string;
  title: string;
  affiliation: "Internal" | "External";
  /** Set for our own people. */
  gongUserId?: string | undefined;
}

export interface Sentence {
  /** Milliseconds from the start of the call. */
  start: number;
  end: number;
  text: string;
}

export interface Monologue {
  speakerId: string;
  topic: string;
  sentences: Sentence[];
}

export interface Call {
  /** Gong call id, 18-20 digits. */
  id: string;
  title: string;
  startedAt: string;
  durationSeconds: number;
  accountId: string;
  dealId?: string | undefined;
  ownerId: string;
  isPrivate: boolean;
  parties: Party[];
  transcript: Monologue[];
  /** What Gong's own AI says of the call. */
  brief: string;
  keyPoints: string[];
  nextSteps: { text: string; owner: string; due?: string | undefined }[];
  objections: string[];
  competitors: string[];
  /** Tracker name to how often it was heard. */
  trackers: Record<string, number>;
  direction: "Inbound" | "Outbound" | "Conference";
}

/** A text of the company's search index. */
export interface KnowledgeDocument {
  /** The Gong call's id, or the playbook's short name. */
  id: string;
  kind: "call" | "playbook";
  title: string;
  text: string;
  /** Where it can be read in full. */
  url: string;
  /** Whose call it was, or who keeps the playbook. */
  ownerEmail: string;
  /** The account's name; calls only. */
  account?: string | undefined;
  /** Calls only. */
  startedAt?: string | undefined;
  /** YYYY-MM-DD; playbooks only. */
  editedOn?: string | undefined;
}

export interface InfraConfigValue {
  /** Empty where it is a secret. */
  value: string;
  isSecret: boolean;
}

/** Where a stack's program is kept. */
export interface InfraSource {
  repository: string;
  branch: string;
  directory: string;
}

export interface InfraResource {
  urn: string;
  type: string;
  /** The provider's own id; a component has none. */
  id?: string | undefined;
  parent?: string | undefined;
  isCustom: boolean;
  isProtected?: boolean | undefined;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  /** Inputs and outputs that are kept encrypted. */
  secretOutputs: string[];
  /** URNs. */
  dependencies: string[];
}

export interface InfraUpdate {
  id: string;
  version: number;
  kind: "update" | "refresh";
  hasSucceeded: boolean;
  startedAt: string;
  endedAt: string;
  message: string;
  commit: string;
  personId: string;
  /** How many resources by what was done to them. */
  changes: Record<string, number>;
}

export interface InfraChange {
  urn: string;
  property: string;
  before: unknown;
  after: unknown;
}

/** A Pulumi stack and its history. */
export interface InfraStack {
  id: string;
  org: string;
  project: string;
  name: string;
  tags: Record<string, string>;
  config: Record<string, InfraConfigValue>;
  resources: InfraResource[];
  /** Oldest first. */
  updates: InfraUpdate[];
  source: InfraSource | undefined;
  /** What the next update would change. */
  pending: InfraChange[];
  /** The last look for drift; `runId` is empty where nobody has looked. `before` is as declared, `after` as found. */
  drift: { runId: string; changes: InfraChange[] };
}

export interface World {
  seed: number;
  /** The instant that the world is dated relative to. */
  createdAt: string;
  /** The company's own zone, in which Gong counts its days. */
  companyTimeZone: string;
  people: Person[];
  /** Not among `people`. */
  visitors: Visitor[];
  userGroups: UserGroup[];
  channels: Channel[];
  accounts: Account[];
  deals: Deal[];
  /** Oldest first. */
  calls: Call[];
  /** What the search index holds of calls older than a week, and the playbooks; written when somebody first looks. */
  readonly documents: KnowledgeDocument[];
  /** What the CRM adds; made when somebody first looks. */
  readonly crm: Crm;
  /** Projects and tasks, as they stand in the project manager at the world's instant; written when somebody first looks. */
  readonly work: Work;
  /** What the data warehouse knows of money and usage; made when somebody first looks. */
  readonly finance: Finance;
  /** Stacks of Pulumi Cloud; written when somebody first looks. */
  readonly infrastructure: InfraStack[];
}
