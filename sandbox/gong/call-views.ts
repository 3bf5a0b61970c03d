/** A call as the API shows it: only what was asked for. */
import { callUrl } from "../world/documents.ts";
import { TRACKERS } from "../world/trackers.ts";
import type { Account, Call, Deal, Party } from "../world/types.ts";
import { offsetIso } from "../world/zones.ts";
import { occurrencesOf, phrasesOf } from "./hearing.ts";
import { interactionOf, round } from "./interaction.ts";
import { type Fields, isFields } from "./requests.ts";
import type { GongStore } from "./store.ts";

export const WORKSPACE_ID = "623457276584334217";
const MEDIA_LIFE_MS = 8 * 3_600_000;

type Json = Record<string, unknown>;

/** The basic data that every call endpoint gives. Instants carry the offset of the company's zone, as the vendor's do. */
export function metaDataOf(call: Call, store: GongStore): Json {
  const owner = store.world.people.find((p) => p.id === call.ownerId);
  const started = offsetIso(Date.parse(call.startedAt), store.timeZone);
  return {
    id: call.id,
    url: callUrl(call.id),
    title: call.title,
    scheduled: started,
    started,
    duration: call.durationSeconds,
    primaryUserId: owner?.gongUserId,
    direction: call.direction,
    system: call.direction === "Outbound" ? "Dialer" : "Zoom",
    scope: call.parties.some((p) => p.affiliation === "External") ? "External" : "Internal",
    media: call.direction === "Outbound" ? "Audio" : "Video",
    language: "eng",
    workspaceId: WORKSPACE_ID,
    sdrDisposition: null,
    clientUniqueId: null,
    customData: null,
    purpose: null,
    meetingUrl: call.direction === "Outbound" ? null : `https://meet.example/j/${call.id.slice(0, 10)}`,
    isPrivate: call.isPrivate,
    calendarEventId: null,
  };
}

/** `POST /v2/calls/extensive`: metadata always; the rest only where the selector exposes it. */
export function extensiveOf(call: Call, selector: Fields, store: GongStore, now: number): Json {
  const exposed = isFields(selector.exposedFields) ? selector.exposedFields : {};
  const view: Json = { metaData: metaDataOf(call, store) };
  if (selector.context === "Basic" || selector.context === "Extended") {
    view.context = contextOf(call, store, selector.context === "Extended");
  }
  if (exposed.parties === true) view.parties = call.parties.map((party) => partyOf(party, call));
  if (isFields(exposed.content)) view.content = contentOf(call, exposed.content);
  if (isFields(exposed.interaction)) view.interaction = interactionView(call, exposed.interaction);
  if (isFields(exposed.collaboration)) view.collaboration = { publicComments: [] };
  if (exposed.media === true) view.media = mediaOf(call, now);
  return view;
}

function partyOf(party: Party, call: Call): Json {
  return {
    id: `${party.speakerId.slice(0, 14)}${call.id.slice(0, 4)}`,
    emailAddress: party.email,
    name: party.name,
    title: party.title,
    ...(party.gongUserId ? { userId: party.gongUserId } : {}),
    speakerId: party.speakerId,
    context: [],
    affiliation: party.affiliation,
    methods: ["Invitee", "Attendee"],
  };
}

function contentOf(call: Call, wanted: Fields): Json {
  const content: Json = {};
  if (wanted.structure === true) content.structure = topicsOf(call);
  if (wanted.topics === true) content.topics = topicsOf(call);
  if (wanted.trackers === true) content.trackers = trackersOf(call, wanted.trackerOccurrences === true);
  if (wanted.brief === true) content.brief = call.brief;
  if (wanted.outline === true) content.outline = outlineOf(call);
  if (wanted.highlights === true) content.highlights = highlightsOf(call);
  if (wanted.callOutcome === true) {
    content.callOutcome = { id: "NEXT_STEPS_SET", category: "Answered", name: "Next steps set" };
  }
  if (wanted.keyPoints === true) content.keyPoints = call.keyPoints.map((text) => ({ text }));
  return content;
}

function topicsOf(call: Call): { name: string; duration: number }[] {
  const seconds = new Map<string, number>();
  for (const { topic, sentences } of call.transcript) {
    const spent = ((sentences.at(-1)?.end ?? 0) - (sentences[0]?.start ?? 0)) / 1000;
    seconds.set(topic, (seconds.get(topic) ?? 0) + spent);
  }
  return [...seconds].map(([name, duration]) => ({ name, duration: Math.round(duration) }));
}

/** All trackers of the company, those that were not heard with a count of 0. */
function trackersOf(call: Call, withOccurrences: boolean): Json[] {
  return TRACKERS.map((tracker) => ({
    id: tracker.id,
    name: tracker.name,
    count: call.trackers[tracker.name] ?? 0,
    type: "KEYWORD",
    occurrences: withOccurrences ? occurrencesOf(call, tracker.phrases) : [],
    phrases: phrasesOf(call, tracker.phrases, withOccurrences),
  }));
}

function outlineOf(call: Call): Json[] {
  const sections: { section: string; startTime: number; duration: number; items: Json[] }[] = [];
  for (const { topic, sentences } of call.transcript) {
    const startTime = round((sentences[0]?.start ?? 0) / 1000);
    const end = (sentences.at(-1)?.end ?? 0) / 1000;
    let last = sections.at(-1);
    if (last?.section !== topic) {
      last = { section: topic, startTime, duration: 0, items: [] };
      sections.push(last);
    }
    last.duration = round(end - last.startTime);
    if (last.items.length < 3) last.items.push({ text: sentences[0]?.text ?? "", startTime });
  }
  return sections;
}

function highlightsOf(call: Call): Json[] {
  const item = (text: string): Json => ({ text, startTimes: [] });
  const steps = call.nextSteps.map((s) => item(`${s.owner}: ${s.text}${s.due ? ` (by ${s.due})` : ""}`));
  return [
    ...(steps.length > 0 ? [{ title: "Next steps", items: steps }] : []),
    ...(call.objections.length > 0 ? [{ title: "Objections", items: call.objections.map(item) }] : []),
  ];
}

function interactionView(call: Call, wanted: Fields): Json {
  const measures = interactionOf(call);
  const view: Json = {};
  if (wanted.speakers === true) {
    view.speakers = call.parties.map((p) => ({
      id: p.speakerId,
      ...(p.gongUserId ? { userId: p.gongUserId } : {}),
      talkTime: round(measures.talkTime.get(p.speakerId) ?? 0),
    }));
  }
  if (wanted.personInteractionStats === true) {
    view.interactionStats = [
      { name: "Talk Ratio", value: measures.talkRatio },
      { name: "Longest Monologue", value: measures.longestMonologue },
      { name: "Longest Customer Story", value: measures.longestCustomerStory },
      { name: "Interactivity", value: measures.interactivity },
      { name: "Patience", value: measures.patience },
    ];
  }
  if (wanted.video === true) view.video = [];
  if (wanted.questions === true) {
    view.questions = { companyCount: measures.companyQuestions, nonCompanyCount: measures.customerQuestions };
  }
  return view;
}

function mediaOf(call: Call, now: number): Json {
  const expires = Math.floor((now + MEDIA_LIFE_MS) / 1000);
  const link = (kind: string): string => `https://media.gong.example/${call.id}.${kind}?Expires=${expires}`;
  return { audioUrl: link("mp3"), ...(call.direction === "Outbound" ? {} : { videoUrl: link("mp4") }) };
}

function contextOf(call: Call, store: GongStore, isExtended: boolean): Json[] {
  const account = store.world.accounts.find((a) => a.id === call.accountId);
  const deal = store.world.deals.find((d) => d.id === call.dealId);
  const objects: Json[] = [];
  if (account) objects.push(crmObject("Account", account.id, isExtended ? accountFields(account) : undefined));
  if (deal) objects.push(crmObject("Opportunity", deal.id, isExtended ? dealFields(deal) : undefined));
  return [{ system: "HubSpot", objects }];
}

function crmObject(objectType: string, objectId: string, fields: Json | undefined): Json {
  const list = Object.entries(fields ?? {}).map(([name, value]) => ({ name, value }));
  return { objectType, objectId, fields: list, ...(fields ? { timing: "Now" } : {}) };
}

const accountFields = (a: Account): Json => ({ name: a.name, website: `https://${a.domain}`, industry: a.industry });

const dealFields = (d: Deal): Json => ({
  name: d.name,
  dealstage: d.stage,
  amount: d.amount,
  deal_currency_code: d.currency,
  closedate: d.closeDate,
});
