import { z } from "zod";

/**
 * The parts of HubSpot's answers that this server reads; everything else is dropped here. Source: the 2026-09 API reference,
 * developers.hubspot.com/docs/api-reference.
 */

/** Strings in most answers, numbers in some: never a number here. */
const id = z.union([z.string(), z.number().transform(String)]);
const text = z.string().nullish();

/** Every property travels as text, whatever its type. */
const propertyValue = z
  .union([z.string(), z.number().transform(String), z.boolean().transform(String)])
  .nullish()
  .transform((value) => value ?? null);

/** Where the next page begins; undefined on the last one. */
const paging = z
  .object({ next: z.object({ after: id }).nullish() })
  .nullish()
  .transform((value) => value?.next?.after);

export const recordAnswer = z.object({ id, properties: z.record(z.string(), propertyValue) });

export const recordsAnswer = z.object({ results: z.array(recordAnswer) });

export const listAnswer = z.object({ results: z.array(recordAnswer), paging: paging.optional() });

export const searchAnswer = z.object({ total: z.int(), results: z.array(recordAnswer), paging: paging.optional() });

const association = z.object({
  toObjectId: id,
  associationTypes: z.array(z.object({ category: text, typeId: z.int(), label: text })).default([]),
});

export const associationsAnswer = z.object({ results: z.array(association), paging: paging.optional() });

/** A record without associations is among `errors`, which are not read, and not among `results`. */
export const associationBatchAnswer = z.object({
  results: z.array(z.object({ from: z.object({ id }), to: z.array(association), paging: paging.optional() })),
});

export const ownersAnswer = z.object({
  results: z.array(
    z.object({
      id,
      /** Of the user, by which changes name who made them; null for one that is none any more. */
      userId: id.nullish(),
      email: text,
      firstName: text,
      lastName: text,
      archived: z.boolean().nullish(),
      teams: z.array(z.object({ name: text })).nullish(),
    }),
  ),
  paging: paging.optional(),
});

export const pipelinesAnswer = z.object({
  results: z.array(
    z.object({
      id,
      label: z.string(),
      displayOrder: z.number().nullish(),
      stages: z.array(
        z.object({
          id,
          label: z.string(),
          displayOrder: z.number().nullish(),
          /** Text: "true" and "false", "0.0" to "1.0". */
          metadata: z.object({ isClosed: text, probability: text }).nullish(),
        }),
      ),
    }),
  ),
});

export const propertiesAnswer = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      /** string, number, bool, enumeration, date, datetime, phone_number, json, object_coordinates. */
      type: z.string(),
      fieldType: text,
      calculated: z.boolean().nullish(),
      options: z.array(z.object({ value: z.string(), label: z.string(), hidden: z.boolean().nullish() })).nullish(),
      modificationMetadata: z.object({ readOnlyValue: z.boolean().nullish() }).nullish(),
    }),
  ),
});

export const accountAnswer = z.object({
  portalId: id,
  timeZone: text,
  companyCurrency: text,
  additionalCurrencies: z.array(z.string()).nullish(),
});

/** How HubSpot words a refusal. */
export const refusalAnswer = z.object({
  message: text,
  category: text,
  policyName: text,
  errors: z
    .array(
      z.object({
        message: text,
        code: text,
        context: z.record(z.string(), z.array(z.string())).nullish(),
      }),
    )
    .nullish(),
  context: z.record(z.string(), z.array(z.string())).nullish(),
});

export type HubSpotRecord = z.output<typeof recordAnswer>;
export type Association = z.output<typeof association>;
export type OwnerAnswer = z.output<typeof ownersAnswer>["results"][number];
export type PipelineAnswer = z.output<typeof pipelinesAnswer>["results"][number];
export type PropertyDefinition = z.output<typeof propertiesAnswer>["results"][number];
