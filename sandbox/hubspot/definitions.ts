import { RIVALS } from "../world/account-names.ts";
import { LOST_REASONS } from "../world/crm.ts";
import { EXCHANGE_RATES } from "../world/currencies.ts";
import type { World } from "../world/types.ts";
import type { ObjectType } from "./object-types.ts";
import { PIPELINE_ID, PIPELINE_LABEL, STAGES } from "./portal.ts";

export interface PropertyOption {
  value: string;
  label: string;
}

export interface PropertyDefinition {
  name: string;
  label: string;
  description: string;
  groupName: string;
  type: "string" | "number" | "bool" | "date" | "datetime" | "enumeration" | "phone_number";
  fieldType: string;
  options: PropertyOption[];
  /** Its options are kept elsewhere: owners, pipelines. */
  externalOptions: boolean;
  /** Computed by HubSpot; writing it is refused. */
  isReadOnly: boolean;
  hasUniqueValue: boolean;
  isHubSpotDefined: boolean;
}

type Traits = Partial<Pick<PropertyDefinition, "externalOptions" | "isReadOnly" | "hasUniqueValue">> & {
  /** `value:label`, or one word for both. */
  options?: readonly string[];
  isCustom?: boolean;
};

const FIELDS: Record<PropertyDefinition["type"], string> = {
  string: "text",
  number: "number",
  bool: "booleancheckbox",
  date: "date",
  datetime: "date",
  enumeration: "select",
  phone_number: "phonenumber",
};

/** `groupName` is the type's own group, which HubSpot names after the singular. */
function defining(groupName: string) {
  return (
    name: string,
    label: string,
    type: PropertyDefinition["type"] = "string",
    traits: Traits = {},
  ): PropertyDefinition => ({
    name,
    label,
    description: "",
    groupName,
    type,
    fieldType: FIELDS[type],
    options: (traits.options ?? []).map((option) => {
      const [value = option, text = value] = option.split(":");
      return { value, label: text };
    }),
    externalOptions: traits.externalOptions ?? false,
    isReadOnly: traits.isReadOnly ?? false,
    hasUniqueValue: traits.hasUniqueValue ?? false,
    isHubSpotDefined: !traits.isCustom,
  });
}

const READ_ONLY = { isReadOnly: true };
const CUSTOM = { isCustom: true };
const ACTIVITY = ["notes_last_updated", "Last Activity Date", "datetime", { isReadOnly: true }] as const;
/** Set by HubSpot alone. Which app it was, in the details beside it, is not told here. */
const SOURCE = [
  "hs_object_source_label",
  "Record source",
  "enumeration",
  { isReadOnly: true, options: ["CRM_UI:CRM UI", "INTEGRATION:Integration"] },
] as const;
const OWNER: Traits = { externalOptions: true };
const LIFECYCLE = [
  "subscriber:Subscriber",
  "lead:Lead",
  "marketingqualifiedlead:Marketing Qualified Lead",
  "salesqualifiedlead:Sales Qualified Lead",
  "opportunity:Opportunity",
  "customer:Customer",
  "evangelist:Evangelist",
  "other:Other",
];

function contactProperties(): PropertyDefinition[] {
  const define = defining("contactinformation");
  return [
    define("email", "Email", "string", { hasUniqueValue: true }),
    define("firstname", "First Name"),
    define("lastname", "Last Name"),
    define("jobtitle", "Job Title"),
    define("phone", "Phone Number", "phone_number"),
    define("mobilephone", "Mobile Phone Number", "phone_number"),
    define("company", "Company Name"),
    define("website", "Website URL"),
    define("city", "City"),
    define("state", "State/Region"),
    define("country", "Country/Region"),
    define("lifecyclestage", "Lifecycle Stage", "enumeration", { options: LIFECYCLE }),
    define("hs_lead_status", "Lead Status", "enumeration", {
      options: ["NEW:New", "OPEN:Open", "IN_PROGRESS:In Progress", "CONNECTED:Connected", "UNQUALIFIED:Unqualified"],
    }),
    define("hubspot_owner_id", "Contact owner", "enumeration", OWNER),
    define(...ACTIVITY),
    define("associatedcompanyid", "Primary Associated Company ID", "number", READ_ONLY),
    define("createdate", "Create Date", "datetime", READ_ONLY),
    define("lastmodifieddate", "Last Modified Date", "datetime", READ_ONLY),
    define(...SOURCE),
    define("hs_object_id", "Record ID", "number", { ...READ_ONLY, hasUniqueValue: true }),
  ];
}

function companyProperties(world: World): PropertyDefinition[] {
  const define = defining("companyinformation");
  const distinct = (values: readonly string[]): string[] => [...new Set(values)].toSorted();
  return [
    define("name", "Company name"),
    define("domain", "Company Domain Name"),
    define("website", "Website URL"),
    define("phone", "Phone Number", "phone_number"),
    define("industry", "Industry", "enumeration", {
      options: ["REAL_ESTATE:Real Estate", "FINANCIAL_SERVICES:Financial Services", "HOSPITALITY:Hospitality"],
    }),
    define("city", "City"),
    define("state", "State/Region"),
    define("country", "Country/Region"),
    define("numberofemployees", "Number of Employees", "number"),
    define("annualrevenue", "Annual Revenue", "number"),
    define("description", "Description"),
    define("lifecyclestage", "Lifecycle Stage", "enumeration", { options: LIFECYCLE }),
    define("hubspot_owner_id", "Company owner", "enumeration", OWNER),
    define(...ACTIVITY),
    define("segment", "Segment", "enumeration", {
      ...CUSTOM,
      options: distinct(world.accounts.map((a) => a.industry)),
    }),
    define("units_managed", "Units managed", "number", CUSTOM),
    define("property_system", "Property management system", "enumeration", {
      ...CUSTOM,
      options: distinct(world.accounts.map((a) => a.propertySystem)),
    }),
    define("incumbent_provider", "Incumbent payment provider", "enumeration", { ...CUSTOM, options: RIVALS }),
    define("createdate", "Create Date", "datetime", READ_ONLY),
    define("hs_lastmodifieddate", "Last Modified Date", "datetime", READ_ONLY),
    define(...SOURCE),
    define("hs_object_id", "Record ID", "number", { ...READ_ONLY, hasUniqueValue: true }),
  ];
}

function dealProperties(): PropertyDefinition[] {
  const define = defining("dealinformation");
  return [
    define("dealname", "Deal Name"),
    define("amount", "Amount", "number"),
    define("deal_currency_code", "Currency", "enumeration", { options: Object.keys(EXCHANGE_RATES) }),
    define("amount_in_home_currency", "Amount in company currency", "number", READ_ONLY),
    define("hs_exchange_rate", "Exchange rate", "number", READ_ONLY),
    define("closedate", "Close Date", "datetime"),
    define("pipeline", "Pipeline", "enumeration", {
      options: [`${PIPELINE_ID}:${PIPELINE_LABEL}`],
      externalOptions: true,
    }),
    define("dealstage", "Deal Stage", "enumeration", {
      options: STAGES.map(({ id, label }) => `${id}:${label}`),
      externalOptions: true,
    }),
    define("dealtype", "Deal Type", "enumeration", {
      options: ["newbusiness:New Business", "existingbusiness:Existing Business"],
    }),
    define("hs_priority", "Priority", "enumeration", { options: ["low:Low", "medium:Medium", "high:High"] }),
    define("description", "Deal Description"),
    define("hs_next_step", "Next step"),
    define("closed_won_reason", "Closed Won Reason"),
    define("closed_lost_reason", "Closed Lost Reason", "enumeration", { options: LOST_REASONS }),
    define("hubspot_owner_id", "Deal owner", "enumeration", OWNER),
    define(...ACTIVITY),
    define("units", "Units", "number", CUSTOM),
    define("unit_price", "Price per unit and month", "number", CUSTOM),
    define("go_live_date", "Go-live date", "date", CUSTOM),
    define("hs_is_closed", "Is Deal Closed?", "bool", READ_ONLY),
    define("hs_is_closed_won", "Is Closed Won", "bool", READ_ONLY),
    define("hs_deal_stage_probability", "Deal probability", "number", READ_ONLY),
    define("hs_v2_date_entered_current_stage", "Date entered current stage", "datetime", READ_ONLY),
    define("createdate", "Create Date", "datetime", READ_ONLY),
    define("hs_createdate", "HubSpot Create Date", "datetime", READ_ONLY),
    define("hs_lastmodifieddate", "Last Modified Date", "datetime", READ_ONLY),
    define(...SOURCE),
    define("hs_object_id", "Record ID", "number", { ...READ_ONLY, hasUniqueValue: true }),
  ];
}

function engagementProperties(): PropertyDefinition[] {
  const define = defining("engagement");
  return [
    define("hs_timestamp", "Activity date", "datetime"),
    define("hubspot_owner_id", "Activity assigned to", "enumeration", OWNER),
    define("hs_createdate", "Create date", "datetime", READ_ONLY),
    define("hs_lastmodifieddate", "Last modified date", "datetime", READ_ONLY),
    define(...SOURCE),
    define("hs_object_id", "Record ID", "number", { ...READ_ONLY, hasUniqueValue: true }),
  ];
}

function taskProperties(): PropertyDefinition[] {
  const define = defining("task");
  return [
    define("hs_task_subject", "Task title"),
    define("hs_task_body", "Task notes"),
    define("hs_task_status", "Task status", "enumeration", {
      options: [
        "NOT_STARTED:Not started",
        "IN_PROGRESS:In progress",
        "WAITING:Waiting",
        "DEFERRED:Deferred",
        "COMPLETED:Completed",
      ],
    }),
    define("hs_task_priority", "Priority", "enumeration", {
      options: ["NONE:None", "LOW:Low", "MEDIUM:Medium", "HIGH:High"],
    }),
    define("hs_task_type", "Task type", "enumeration", { options: ["TODO:To-do", "CALL:Call", "EMAIL:Email"] }),
    define("hs_task_reminders", "Reminders"),
    ...engagementProperties(),
  ];
}

/** What the portal knows of each type: HubSpot's own properties that a sales team uses, and a few that the company added. */
export function createDefinitions(world: World): Record<ObjectType, PropertyDefinition[]> {
  return {
    contacts: contactProperties(),
    companies: companyProperties(world),
    deals: dealProperties(),
    notes: [defining("note")("hs_note_body", "Note body"), ...engagementProperties()],
    tasks: taskProperties(),
  };
}
