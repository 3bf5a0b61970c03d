import { z } from "zod";

/**
 * The parts of Gong's answers that this server reads; everything else is dropped here, media links among it. Source: Gong's
 * OpenAPI document (Public API v2) and help.gong.io/apidocs. Gong adds fields without warning and leaves out what it does not
 * have, so every field may be missing,
 * but not the list that was asked for of users and trackers: without it, it is another answer.
 */

/** Up to 20 digits: never a number. */
const id = z.union([z.string(), z.number().transform(String)]);
const text = z.string().nullish();

const records = z
  .object({ totalRecords: z.number().nullish(), cursor: z.string().nullish() })
  .nullish()
  .transform((value) => ({ total: value?.totalRecords ?? undefined, cursor: value?.cursor || undefined }));

const party = z.object({
  name: text,
  emailAddress: text,
  title: text,
  userId: id.nullish(),
  speakerId: id.nullish(),
  affiliation: text,
});

/** With `contentSelector.context: "Extended"`: what the CRM knows of the call; the Account's field `Name` among it. */
const context = z.object({
  objects: z
    .array(
      z.object({
        objectType: text,
        fields: z.array(z.object({ name: text, value: z.unknown() })).nullish(),
      }),
    )
    .nullish(),
});

const content = z.object({
  brief: text,
  keyPoints: z.array(z.object({ text })).nullish(),
  /** Sections such as "Next steps"; times in seconds. */
  highlights: z
    .array(
      z.object({
        title: text,
        items: z.array(z.object({ text, startTimes: z.array(z.number()).nullish() })).nullish(),
      }),
    )
    .nullish(),
  /** What Gong had before highlights: the answer still carries it for older calls. */
  pointsOfInterest: z
    .object({
      actionItems: z.array(z.object({ snippet: text, snippetStartTime: z.number().nullish() })).nullish(),
    })
    .nullish(),
  trackers: z.array(z.object({ name: text, count: z.number().nullish() })).nullish(),
  /** Duration in seconds. */
  topics: z.array(z.object({ name: text, duration: z.number().nullish() })).nullish(),
  callOutcome: z.object({ name: text }).nullish(),
});

export type CallContent = z.output<typeof content>;

/** A figure under the name that Gong shows people, such as "Longest Monologue". */
const namedFigure = z.object({ name: text, value: z.number().nullish() });

export type NamedFigure = z.output<typeof namedFigure>;

const interaction = z.object({
  interactionStats: z.array(namedFigure).nullish(),
  questions: z.object({ companyCount: z.number().nullish() }).nullish(),
});

export type CallInteraction = z.output<typeof interaction>;

const call = z.object({
  metaData: z.object({
    id,
    title: text,
    url: text,
    /** When the call was recorded; for some calls only the planned time is known. */
    started: text,
    scheduled: text,
    /** Seconds. */
    duration: z.number().nullish(),
    direction: text,
    primaryUserId: id.nullish(),
    isPrivate: z.boolean().nullish(),
  }),
  parties: z.array(party).nullish(),
  context: z.array(context).nullish(),
  content: content.nullish(),
  interaction: interaction.nullish(),
});

export type CallAnswer = z.output<typeof call>;

export const callsAnswer = z.object({ calls: z.array(call).nullish(), records });

export const transcriptsAnswer = z.object({
  callTranscripts: z
    .array(
      z.object({
        callId: id,
        transcript: z
          .array(
            z.object({
              speakerId: id.nullish(),
              topic: text,
              /** Milliseconds from the start of the call. */
              sentences: z.array(z.object({ start: z.number().nullish(), end: z.number().nullish(), text })).nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
  records,
});

export const usersAnswer = z.object({
  users: z.array(
    z.object({
      id,
      emailAddress: text,
      emailAliases: z.array(z.string()).nullish(),
      firstName: text,
      lastName: text,
      title: text,
      active: z.boolean().nullish(),
      managerId: id.nullish(),
    }),
  ),
  records,
});

/** A calendar day counts in the company's own zone, which the answer names. */
const statsHead = { timeZone: text, records };

const count = z.number().nullish();

export const activityAnswer = z.object({
  ...statsHead,
  usersAggregateActivityStats: z
    .array(
      z.object({
        userId: id,
        userEmailAddress: text,
        userAggregateActivityStats: z
          .object({
            callsAsHost: count,
            callsAttended: count,
            ownCallsListenedTo: count,
            othersCallsListenedTo: count,
            callsSharedInternally: count,
            callsSharedExternally: count,
            callsGaveFeedback: count,
            callsReceivedFeedback: count,
            callsRequestedFeedback: count,
            callsCommentsGiven: count,
            callsCommentsReceived: count,
            callsScorecardsFilled: count,
            callsScorecardsReceived: count,
          })
          .nullish(),
      }),
    )
    .nullish(),
});

export const interactionAnswer = z.object({
  ...statsHead,
  peopleInteractionStats: z
    .array(
      z.object({
        userId: id,
        userEmailAddress: text,
        personInteractionStats: z.array(namedFigure).nullish(),
      }),
    )
    .nullish(),
});

export const trackersAnswer = z.object({
  keywordTrackers: z.array(
    z.object({
      trackerId: id,
      trackerName: text,
      affiliation: text,
      partOfQuestion: z.boolean().nullish(),
      languageKeywords: z.array(z.object({ keywords: z.array(z.string()).nullish() })).nullish(),
    }),
  ),
  records,
});
