const minute = 60_000;

export interface ToldCall {
  id: string;
  /** Epoch milliseconds; it lasts ten minutes. */
  endedAt: number;
  isPrivate?: boolean;
  isTranscribed?: boolean;
  /** It is listed, and not shown. */
  isUnknown?: boolean;
  trackers?: string[];
  account?: string;
  owner?: { name: string; email: string };
}

/** Gong's tools, as far as the watch asks them. */
export class WatchedGong {
  calls: ToldCall[] = [];
  lists = 0;
  /** Of single calls, in order. */
  reads: string[] = [];
  isAway = false;
  /** Happens while the next call's summary is being read. */
  meanwhile: (() => Promise<void>) | undefined;
  /** Of the account's only deal, which is closed; or HubSpot is away. */
  crm = "away";

  readonly call = async (tool: string, args: unknown) => {
    if (this.isAway) return { text: "gong is left alone for now.", isError: true, isRetryable: true };
    const { call_id, from_date } = args as { call_id?: string; from_date?: string };
    if (tool.startsWith("hubspot__") && this.crm === "away") {
      return { text: "hubspot is asked too often just now.", isError: true, isRetryable: true };
    }
    const say = (output: unknown) => ({ text: JSON.stringify(output), isError: false });
    const company = { id: "1", name: "Acme", url: "https://crm.example/1" };
    if (tool === "hubspot__get_company") return say({ company, open_deals: [] });
    if (tool === "hubspot__search_deals") return say({ deals: [{ ...closed, stage: this.crm }] });
    const seen = this.calls.filter(({ isPrivate }) => !isPrivate);
    if (tool === "gong__get_calls") {
      this.lists++;
      const since = Date.parse(from_date ?? "");
      return say({ calls: seen.filter(({ endedAt }) => endedAt - 10 * minute >= since).map(overview) });
    }
    this.reads.push(`${tool} ${call_id}`);
    const call = seen.find(({ id, isUnknown }) => id === call_id && !isUnknown);
    if (!call) return { text: `The request is at fault: Gong has no call with the id ${call_id}.`, isError: true };
    if (tool === "gong__get_call_summary") {
      const { meanwhile } = this;
      this.meanwhile = undefined;
      const said = say({ ...overview(call), call_id: call.id });
      await meanwhile?.();
      return said;
    }
    const segment = { at: "00:01", at_seconds: 1, speaker: "Dana", side: "external", text: "Hello." };
    return say({ segments: call.isTranscribed === false ? [] : [segment] });
  };
}

const closed = {
  id: "9",
  name: "Rollout",
  url: "https://crm.example/9",
  status: "won",
  amount: null,
  close_date: null,
  owner: null,
  last_activity_at: null,
  created_at: null,
};

function overview({
  id,
  endedAt,
  account = null,
  owner,
  trackers = [],
}: Omit<ToldCall, "account"> & { account?: string | null }) {
  const started_at = new Date(endedAt - 10 * minute).toISOString();
  const none = {
    participants: [],
    key_points: [],
    next_steps: [],
    trackers: trackers.map((name) => ({ name })),
    owner: owner ?? null,
    account,
    brief: null,
  };
  return { id, title: `Call ${id}`, url: null, started_at, duration_minutes: 10, ...none };
}
