/** What the CRM knows of a contact besides the contact itself. */
export interface CrmContact {
  contactId: string;
  phone: string;
  /** HubSpot's word for how far it has come: "customer". */
  lifecycleStage: string;
  createdAt: string;
}

export interface CrmCompany {
  accountId: string;
  phone: string;
  employees: number;
  state?: string | undefined;
  country: string;
  lifecycleStage: string;
  createdAt: string;
}

export interface CrmDeal {
  dealId: string;
  /** Of the account's contacts, those who take part. */
  contactIds: string[];
  isNewBusiness: boolean;
  createdAt: string;
  /** When it came into the stage it is in. */
  stageSince: string;
  /** YYYY-MM-DD; what has been agreed on or is about to be. */
  goLiveDate?: string | undefined;
  lostReason?: string | undefined;
}

/** A note that somebody wrote into the CRM after a call. */
export interface CrmNote {
  id: string;
  dealId: string;
  contactId: string;
  authorId: string;
  /** HTML. */
  body: string;
  writtenAt: string;
}

/** A reminder in the CRM, which is not the project manager's task. */
export interface CrmTask {
  id: string;
  dealId: string;
  contactId: string;
  ownerId: string;
  subject: string;
  body: string;
  type: "CALL" | "EMAIL" | "TODO";
  priority: "HIGH" | "MEDIUM" | "LOW";
  isDone: boolean;
  createdAt: string;
  dueAt: string;
}

/** What the CRM adds to people, accounts and deals. */
export interface Crm {
  /** A person's id to that person's ids as owner of records and as user. */
  owners: Readonly<Record<string, { ownerId: string; userId: number }>>;
  contacts: CrmContact[];
  companies: CrmCompany[];
  deals: CrmDeal[];
  notes: CrmNote[];
  tasks: CrmTask[];
}
