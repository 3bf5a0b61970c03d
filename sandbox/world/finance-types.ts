/** What a customer has signed. */
export interface Contract {
  id: string;
  accountId: string;
  /** The deal that it came from; older ones are from before the CRM. */
  dealId?: string | undefined;
  product: string;
  units: number;
  /** Hundredths of `currency` for a home and month. */
  unitPrice: number;
  currency: string;
  /** YYYY-MM-DD, both days included. */
  startDate: string;
  endDate: string;
  /** Whether the forecast counts on it beyond its end. */
  isExpectedToRenew: boolean;
}

/** What an account brings in a month, in hundredths of `currency`. */
export interface RevenueMonth {
  accountId: string;
  /** The month's first day, YYYY-MM-DD. */
  month: string;
  currency: string;
  /** By what is signed. */
  contracted: number;
  /** By what is signed and what is expected to be renewed; open deals are not in it. */
  forecast: number;
  /** What was billed; months that are over only. */
  actual?: number | undefined;
}

/** How an account used a product in a month that is over. */
export interface UsageMonth {
  accountId: string;
  /** The month's first day, YYYY-MM-DD. */
  month: string;
  product: string;
  currency: string;
  activeResidents: number;
  payments: number;
  /** Hundredths of `currency`. */
  paymentVolume: number;
  /** Hundredths of a percent. */
  autopayShare: number;
  features: { channels: string[]; plan: { name: string; seats: number } };
  /** 19 digits: more than a double holds. */
  lastEventId: string;
}

/** The company's books. */
export interface Finance {
  contracts: Contract[];
  revenue: RevenueMonth[];
  usage: UsageMonth[];
}
