import type { Contract } from "../world/finance-types.ts";
import type { Deal, World } from "../world/types.ts";

/** SQL names of the one database and of what a role that reads it is called. */
export const DATABASE = "SALES";
export const WAREHOUSE = "SOPHIA_WH";

export interface ColumnDefinition {
  name: string;
  /** As `DESCRIBE TABLE` says it: "NUMBER(18,2)". */
  type: string;
  nullable: boolean;
  comment: string;
}

export type Cell = string | number | boolean | undefined;

export interface TableDefinition {
  schema: string;
  name: string;
  comment: string;
  columns: ColumnDefinition[];
  rows(world: World): Cell[][];
}

const TEXT = "VARCHAR(16777216)";

function column(name: string, type: string, comment: string): ColumnDefinition {
  return { name, type: type.replace(/\?$/, ""), nullable: type.endsWith("?"), comment };
}

const accounts: TableDefinition = {
  schema: "CRM",
  name: "ACCOUNTS",
  comment: "One row for each company that we sell to, copied from the CRM",
  columns: [
    column("ACCOUNT_ID", TEXT, "The CRM's id"),
    column("ACCOUNT_NAME", TEXT, "As people call it"),
    column("DOMAIN", TEXT, "Web domain"),
    column("INDUSTRY", TEXT, "What it does"),
    column("CITY", TEXT, "Head office"),
    column("UNITS", "NUMBER(38,0)", "Homes that it manages"),
    column("PROPERTY_SYSTEM", TEXT, "The property management system that it runs"),
    column("OWNER_NAME", TEXT, "Who of us looks after it"),
    column("OWNER_EMAIL", TEXT, "That person's address"),
    column("STATUS", TEXT, "customer: a contract runs today; former: one ran; prospect: none yet"),
    column("CUSTOMER_SINCE", "DATE?", "First day of the first contract"),
    column("CREATED_AT", "TIMESTAMP_TZ(9)", "When the row came into the warehouse"),
  ],
  rows: (world) =>
    world.accounts.map((account) => {
      const owner = world.people.find((person) => person.id === account.ownerId);
      const contracts = world.finance.contracts.filter((contract) => contract.accountId === account.id);
      const since = contracts.map((contract) => contract.startDate).toSorted()[0];
      const { id, name, domain, industry, city, units, propertySystem } = account;
      return [
        id,
        name,
        domain,
        industry,
        city,
        units,
        propertySystem,
        owner?.name,
        owner?.email,
        statusOf(contracts, world.createdAt.slice(0, 10)),
        since,
        "2024-01-15 09:30:00+00",
      ];
    }),
};

function statusOf(contracts: readonly Contract[], today: string): string {
  if (contracts.some((contract) => contract.startDate <= today && contract.endDate >= today)) return "customer";
  return contracts.length > 0 ? "former" : "prospect";
}

const deals: TableDefinition = {
  schema: "CRM",
  name: "DEALS",
  comment: "One row for each deal, copied from the CRM",
  columns: [
    column("DEAL_ID", TEXT, "The CRM's id"),
    column("DEAL_NAME", TEXT, "Account, product and purpose"),
    column("ACCOUNT_ID", TEXT, "CRM.ACCOUNTS"),
    column("OWNER_EMAIL", TEXT, "Whose deal it is"),
    column("STAGE", TEXT, "discovery, evaluation, proposal, negotiation, closed_won or closed_lost"),
    column("IS_OPEN", "BOOLEAN", "Neither won nor lost"),
    column("UNITS", "NUMBER(38,0)", "Homes that it covers"),
    column("UNIT_PRICE", "NUMBER(10,2)", "For a home and month, in CURRENCY"),
    column("AMOUNT", "NUMBER(18,2)", "A year's value, in CURRENCY"),
    column("CURRENCY", TEXT, "ISO 4217"),
    column("CLOSE_DATE", "DATE", "Expected while it is open"),
    column("COPIED_AT", "TIMESTAMP_NTZ(9)", "When it was copied, in UTC"),
  ],
  rows: (world) => world.deals.map((deal) => dealRow(deal, world)),
};

function dealRow(deal: Deal, world: World): Cell[] {
  const owner = world.people.find((person) => person.id === deal.ownerId);
  const { id, name, accountId, stage, units, unitPrice, amount, currency, closeDate } = deal;
  const copiedAt = `${world.createdAt.slice(0, 10)} 04:00:00`;
  const isOpen = stage !== "closed_won" && stage !== "closed_lost";
  return [
    id,
    name,
    accountId,
    owner?.email,
    stage,
    isOpen,
    units,
    money(unitPrice),
    amount,
    currency,
    closeDate,
    copiedAt,
  ];
}

const contracts: TableDefinition = {
  schema: "FINANCE",
  name: "CONTRACTS",
  comment: "One row for each signed contract",
  columns: [
    column("CONTRACT_ID", TEXT, "The contract's number"),
    column("ACCOUNT_ID", TEXT, "CRM.ACCOUNTS"),
    column("DEAL_ID", `${TEXT}?`, "CRM.DEALS; contracts older than the CRM have none"),
    column("PRODUCT", TEXT, "What was bought"),
    column("UNITS", "NUMBER(38,0)", "Homes that it covers"),
    column("UNIT_PRICE", "NUMBER(10,2)", "For a home and month, in CURRENCY"),
    column("MONTHLY_AMOUNT", "NUMBER(18,2)", "Of a full month, in CURRENCY"),
    column("CURRENCY", TEXT, "ISO 4217"),
    column("START_DATE", "DATE", "First day"),
    column("END_DATE", "DATE", "Last day"),
    column("EXPECTED_TO_RENEW", "BOOLEAN", "Whether the forecast counts on it beyond its end"),
  ],
  rows: (world) =>
    world.finance.contracts.map((contract) => [
      contract.id,
      contract.accountId,
      contract.dealId,
      contract.product,
      contract.units,
      money(contract.unitPrice),
      money(contract.units * contract.unitPrice),
      contract.currency,
      contract.startDate,
      contract.endDate,
      contract.isExpectedToRenew,
    ]),
};

const revenue: TableDefinition = {
  schema: "FINANCE",
  name: "REVENUE_BY_MONTH",
  comment: "Revenue of each customer by month, from last year to the next two quarters; open deals are not in it",
  columns: [
    column("ACCOUNT_ID", TEXT, "CRM.ACCOUNTS"),
    column("ACCOUNT_NAME", TEXT, "As people call it"),
    column("MONTH", "DATE", "The month's first day"),
    column("CURRENCY", TEXT, "ISO 4217, of all amounts of the row"),
    column("CONTRACTED", "NUMBER(18,2)", "By signed contracts"),
    column("FORECAST", "NUMBER(18,2)", "By signed contracts and the renewals that are expected"),
    column("ACTUAL", "NUMBER(18,2)?", "What was billed; null until the month is over"),
    column("LOADED_AT", "TIMESTAMP_LTZ(9)", "When finance loaded the row"),
  ],
  rows: (world) =>
    world.finance.revenue.map(({ accountId, month, currency, contracted, forecast, actual }) => [
      accountId,
      nameOf(world, accountId),
      month,
      currency,
      money(contracted),
      money(forecast),
      actual === undefined ? undefined : money(actual),
      world.createdAt,
    ]),
};

const usage: TableDefinition = {
  schema: "PRODUCT",
  name: "USAGE_BY_MONTH",
  comment: "What each customer did with a product in months that are over",
  columns: [
    column("ACCOUNT_ID", TEXT, "CRM.ACCOUNTS"),
    column("ACCOUNT_NAME", TEXT, "As people call it"),
    column("MONTH", "DATE", "The month's first day"),
    column("PRODUCT", TEXT, "What they use"),
    column("ACTIVE_RESIDENTS", "NUMBER(38,0)", "Residents who paid at least once"),
    column("PAYMENTS", "NUMBER(38,0)", "Payments that went through"),
    column("PAYMENT_VOLUME", "NUMBER(38,2)", "Sum of the payments, in CURRENCY"),
    column("CURRENCY", TEXT, "ISO 4217"),
    column("AUTOPAY_SHARE", "NUMBER(5,4)", "Share of payments by autopay, 0 to 1"),
    column("FEATURES", "VARIANT", "{channels: [...], plan: {name, seats}}"),
    column("LAST_EVENT_ID", "NUMBER(38,0)", "The last event that was counted"),
  ],
  rows: (world) =>
    world.finance.usage.map((row) => [
      row.accountId,
      nameOf(world, row.accountId),
      row.month,
      row.product,
      row.activeResidents,
      row.payments,
      money(row.paymentVolume),
      row.currency,
      (row.autopayShare / 10_000).toFixed(4),
      JSON.stringify(row.features),
      row.lastEventId,
    ]),
};

export const TABLES: readonly TableDefinition[] = [accounts, deals, contracts, revenue, usage];

/** Hundredths as a decimal, exactly. */
function money(hundredths: number): string {
  const digits = String(hundredths).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function nameOf(world: World, accountId: string): string | undefined {
  return world.accounts.find((account) => account.id === accountId)?.name;
}
