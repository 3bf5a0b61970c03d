import { competition, negotiation, pricing } from "./dialogue/commercial.ts";
import { lost, review, rollout } from "./dialogue/customers.ts";
import { demo } from "./dialogue/demo.ts";
import { discovery, objections } from "./dialogue/discovery.ts";
import { moreOperations } from "./dialogue/more-operations.ts";
import { communities, operations, questionnaire } from "./dialogue/operations.ts";
import { stories } from "./dialogue/stories.ts";
import { integration, security } from "./dialogue/technical.ts";
import { compile, type Exchange, type Role, type Template } from "./template.ts";

export type StorylineKey =
  | "intro"
  | "discovery"
  | "demo"
  | "technical"
  | "pricing"
  | "negotiation"
  | "kickoff"
  | "review"
  | "lost";

export interface NextStepTemplate {
  who: Role;
  /** In the base form: "send the security questionnaire". */
  does: Template;
  workingDays: 1 | 2 | 3 | 5 | 7;
}

export interface Passage {
  bank: readonly Exchange[];
  /** Of the call's time. */
  share: number;
  /** Begins with the bank's first exchange, which says what the call is about. */
  hasOpener?: boolean | undefined;
  /** No more exchanges than this, however long the call. */
  most?: number | undefined;
}

export interface Storyline {
  title: Template;
  /** What the call was for, after "spoke with ... about". */
  about: Template;
  /** In the order of the conversation. */
  body: readonly Passage[];
  /** What a call goes on to when it has more time than its body fills. */
  spare: readonly Exchange[];
  nextSteps: readonly NextStepTemplate[];
}

/** What customers talk about whatever the occasion. */
const COMMON: readonly Exchange[] = [...stories, ...operations, ...moreOperations, ...communities];

const step = (who: Role, workingDays: NextStepTemplate["workingDays"], does: string): NextStepTemplate => ({
  who,
  workingDays,
  does: compile(does),
});

export const STORYLINES: Record<StorylineKey, Storyline> = {
  intro: {
    title: compile("{account} <> Pay Ready: introduction"),
    about: compile("whether Pay Ready fits {account}"),
    body: [
      { bank: discovery, share: 0.6, most: 7 },
      { bank: COMMON, share: 0.4 },
    ],
    spare: [...COMMON, ...demo],
    nextSteps: [
      step("R", 1, "send a one-page overview and two references from {industry}"),
      step("C", 3, "ask {incumbent} for last month's invoice"),
      step("R", 2, "set up a discovery call with the accounting team"),
    ],
  },
  discovery: {
    title: compile("{account} <> Pay Ready: discovery"),
    about: compile("how {account} collects rent today"),
    body: [
      { bank: discovery, share: 0.5, most: 11 },
      { bank: COMMON, share: 0.35 },
      { bank: objections, share: 0.15, most: 3 },
    ],
    spare: [...COMMON, ...demo, ...integration],
    nextSteps: [
      step("R", 2, "send a summary with the delinquency figures for {boardDate}"),
      step("C", 3, "share a sample bank file and the returns report"),
      step("R", 5, "prepare a demo with {account}'s own communities"),
      step("D", 5, "list the general ledger codes that a receipt must carry"),
    ],
  },
  demo: {
    title: compile("{account}: Pay Ready product demo"),
    about: compile("the product on screen"),
    body: [
      { bank: discovery, share: 0.1, most: 2 },
      { bank: demo, share: 0.55 },
      { bank: COMMON, share: 0.15 },
      { bank: objections, share: 0.2, most: 3 },
    ],
    spare: [...COMMON, ...integration, ...security],
    nextSteps: [
      step("R", 1, "send the recording and the sandbox login"),
      step("C", 5, "collect feedback from two site managers"),
      step("R", 3, "write a proposal for {units} homes"),
      step("D", 3, "check the posting report against last month's ledger"),
    ],
  },
  technical: {
    title: compile("{account} / Pay Ready: {propertySystem} integration and security"),
    about: compile("the {propertySystem} integration and the security review"),
    body: [
      { bank: integration, share: 0.4 },
      { bank: COMMON, share: 0.2 },
      { bank: security, share: 0.2 },
      { bank: questionnaire, share: 0.1, most: 9 },
      { bank: objections, share: 0.15, most: 2 },
    ],
    spare: [...COMMON, ...demo],
    nextSteps: [
      step("E", 2, "send the {propertySystem} interface guide and the list of permissions"),
      step("R", 1, "send the SOC 2 report and the penetration test summary"),
      step("C", 7, "return the security questionnaire with IT's open questions"),
      step("D", 5, "open a test environment with one community"),
    ],
  },
  pricing: {
    title: compile("Proposal review: {account}"),
    about: compile("the proposal of {amount} a year"),
    body: [
      { bank: pricing, share: 0.5, hasOpener: true },
      { bank: competition, share: 0.25, most: 4 },
      { bank: objections, share: 0.25, most: 4 },
    ],
    spare: [...COMMON, ...demo, ...negotiation, ...security],
    nextSteps: [
      step("R", 1, "send a revised proposal with the phasing in two parts"),
      step("C", 5, "take the proposal to the board on {boardDate}"),
      step("R", 3, "put the bill of {incumbent} and ours side by side"),
      step("D", 3, "send one full invoice of {incumbent}"),
    ],
  },
  negotiation: {
    title: compile("{account}: contract terms"),
    about: compile("the open points of the contract"),
    body: [
      { bank: negotiation, share: 0.6 },
      { bank: pricing, share: 0.2, most: 2 },
      { bank: objections, share: 0.2, most: 2 },
    ],
    spare: [...COMMON, ...security, ...integration, ...demo],
    nextSteps: [
      step("R", 2, "send the clause on sold communities"),
      step("C", 3, "get the redlines back from legal"),
      step("R", 5, "bring the {discount} percent discount to the deal desk"),
      step("C", 7, "name who signs and when"),
    ],
  },
  kickoff: {
    title: compile("{account}: implementation kickoff"),
    about: compile("the plan to go live on {goLive}"),
    body: [
      { bank: rollout, share: 0.7, hasOpener: true },
      { bank: integration, share: 0.3 },
    ],
    spare: [...COMMON, ...demo, ...security],
    nextSteps: [
      step("E", 2, "create the {propertySystem} interface user"),
      step("C", 3, "name a champion in each of the first communities"),
      step("R", 1, "share the project plan with the dates"),
      step("D", 5, "confirm the bank accounts for the first {pilotUnits} homes"),
    ],
  },
  review: {
    title: compile("{account}: quarterly business review"),
    about: compile("the figures of the quarter"),
    body: [
      { bank: review, share: 0.7, hasOpener: true },
      { bank: COMMON, share: 0.3 },
    ],
    spare: [...COMMON, ...demo, ...integration],
    nextSteps: [
      step("R", 2, "send the adoption figures by community"),
      step("C", 5, "decide whether the remaining communities join"),
      step("R", 5, "bring product to the next review"),
    ],
  },
  lost: {
    title: compile("{account}: where we stand"),
    about: compile("why {account} decided against Pay Ready"),
    body: [
      { bank: lost, share: 0.7, hasOpener: true },
      { bank: competition, share: 0.3, most: 3 },
    ],
    spare: [...COMMON, ...pricing],
    nextSteps: [
      step("R", 1, "send a short note that keeps the door open"),
      step("R", 7, "check in again before {renewalDate}"),
      step("C", 5, "share what was missing in writing"),
    ],
  },
};
