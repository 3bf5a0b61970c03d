import { UserError } from "../../src/core/errors.ts";
import type { ToolCaller } from "../shared/define-tool.ts";
import type { Metadata } from "./answers.ts";
import { addressOf } from "./filter.ts";
import { PRIVATE_FIELD } from "./privacy.ts";

/** A record's text and metadata, as Pinecone keeps them. */
export type Fields = Record<string, string | number | boolean | string[]>;

export interface DocumentInput {
  text: string;
  title: string;
  url: string;
  source: string;
  account?: string | undefined;
  owner_email?: string | undefined;
  /** ISO 8601 with Z or offset. */
  started_at?: string | undefined;
  is_private: boolean;
  metadata?: Fields | undefined;
}

const mostBytes = 40_960;

/** Written from arguments of their own. */
const ownFields = ["_id", "id", "title", "url", "source", "account", "owner_email", "started_at", "started_at_iso"];
/** What would make a document private that `is_private` does not call so, or the other way round. */
const markFields = [
  PRIVATE_FIELD,
  "private",
  "isPrivate",
  "confidential",
  "visibility",
  "access",
  "audience",
  "privacy",
];

/** Throws UserError for metadata that have an argument of their own, a private document without an owner, and more than 40 KB. */
export function documentFields(input: DocumentInput, textField: string, caller: ToolCaller | undefined): Fields {
  const { text, title, url, source, account, started_at, metadata = {} } = input;
  checkNames(metadata, textField);
  const owner = input.owner_email === undefined ? undefined : addressOf(input.owner_email, caller).toLowerCase();
  if (input.is_private && owner === undefined) {
    throw new UserError("owner_email is required for a private document: without an owner nobody could find it.");
  }
  const fields: Fields = {
    [textField]: text,
    title,
    url,
    source,
    ...(account === undefined ? {} : { account }),
    ...(owner === undefined ? {} : { owner_email: owner }),
    ...(started_at === undefined ? {} : { started_at: epochSeconds(started_at), started_at_iso: started_at }),
    ...(input.is_private ? { [PRIVATE_FIELD]: true } : {}),
    ...metadata,
  };
  const bytes = Buffer.byteLength(JSON.stringify(fields));
  if (bytes <= mostBytes) return fields;
  throw new UserError(
    `text and metadata are ${bytes} bytes together; Pinecone keeps at most ${mostBytes} (40 KB) of a record. Shorten the text.`,
  );
}

function checkNames(metadata: Fields, textField: string): void {
  for (const name of Object.keys(metadata)) {
    if (!/^[A-Za-z]\w{0,63}$/.test(name)) {
      throw new UserError(
        `metadata: "${name.slice(0, 64)}" is no field's name: letters, digits and _, a letter first.`,
      );
    }
    if (name === textField) throw new UserError(`metadata: ${name} is the text itself; send it as \`text\`.`);
    if (ownFields.includes(name)) throw new UserError(`metadata: ${name} has an argument of its own; send it there.`);
    if (markFields.includes(name))
      throw new UserError(`metadata: whether it is private is said by is_private, not by ${name}.`);
  }
}

function epochSeconds(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000);
}

const labels: Record<string, string> = {
  title: "Title",
  url: "Link",
  source: "Source",
  account: "Account",
  owner_email: "Owner",
  started_at_iso: "Call began",
  [PRIVATE_FIELD]: "Private",
};

/** What a person is shown before it is written: each field that differs, those that the new one no longer has among them. */
export function fieldChanges(standing: Metadata | undefined, fields: Fields) {
  const names = [...new Set([...Object.keys(fields), ...Object.keys(standing ?? {})])].filter(
    (n) => n !== "started_at",
  );
  const changes = names.map((name) => ({
    field: labels[name] ?? name,
    before: shown(standing?.[name]),
    after: shown(fields[name]),
    isSame: JSON.stringify(standing?.[name]) === JSON.stringify(fields[name]),
  }));
  return changes.filter(({ isSame }) => !isSame).map(({ field, before, after }) => ({ field, before, after }));
}

function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join(", ") : JSON.stringify(value);
}
