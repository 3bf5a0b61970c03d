import type { SchemaName } from "./table-names.ts";

/** Pages of Snowsight, as far as the account's name says where they are. */
export class SnowsightLinks {
  readonly #base: string | undefined;

  constructor(account: string) {
    this.#base = baseFor(account);
  }

  query(queryId: string): string | null {
    return this.#page(`compute/history/queries/${encodeURIComponent(queryId)}`);
  }

  table({ database, schema }: SchemaName, name: string, kind: "table" | "view"): string | null {
    const parts = ["databases", database, "schemas", schema, kind, name].map(encodeURIComponent);
    return this.#page(`data/${parts.join("/")}`);
  }

  #page(path: string): string | null {
    return this.#base === undefined ? null : `${this.#base}/#/${path}`;
  }
}

/** `MYORG-ACCOUNT1` and `locator.region` have a page; a bare locator does not say its region. */
function baseFor(account: string): string | undefined {
  const organisation = /^([A-Za-z0-9]+)-([A-Za-z0-9_]+)$/.exec(account);
  if (organisation) return `https://app.snowflake.com/${organisation[1]}/${organisation[2]}`.toLowerCase();
  const located = /^([A-Za-z0-9]+)\.([A-Za-z0-9.-]+)$/.exec(account);
  return located ? `https://app.snowflake.com/${located[2]}/${located[1]}`.toLowerCase() : undefined;
}
