import type { Clock } from "../../src/core/clock.ts";
import type {
  Approval,
  Approvals,
  ApprovalStatus,
  BoundCall,
  CardDecision,
  Edit,
  NewApproval,
  Send,
  WriteResult,
} from "../../src/storage/approvals.ts";

type Place = Pick<Approval, "teamId" | "channel" | "threadTs" | "userId">;

/** Approvals in memory, as the contract says, for turns that do not end; all of them stand in one place. */
export class MemoryApprovals implements Approvals {
  readonly rows: Approval[] = [];
  /** The turns are to stop: nothing is let through any more. */
  isStopping = false;
  readonly #clock: Clock;
  readonly #place: Place;

  constructor(clock: Clock, place: Place) {
    this.#clock = clock;
    this.#place = place;
  }

  async request(wanted: NewApproval, status: "planned" | "granted"): Promise<Approval> {
    const known = this.#row(wanted);
    if (known && known.status !== "granted" && known.status !== "withdrawn") return { ...known };
    if (known)
      this.rows.splice(
        this.rows.findIndex((row) => row.id === known.id),
        1,
      );
    const kept = known?.edited === undefined ? {} : { edited: known.edited };
    const id = known?.id ?? wanted.id;
    const state = {
      sends: 0,
      version: (known?.version ?? -1) + 1,
      isUnderWay: false,
      agent: "sophia",
      turnStatus: "running" as const,
    };
    this.rows.push({ ...wanted, ...this.#place, ...state, ...kept, id, status });
    return { ...this.rows.at(-1)! };
  }

  async find(call: BoundCall): Promise<Approval | undefined> {
    const row = this.#row(call);
    return row && { ...row };
  }

  async get(id: string): Promise<Approval | undefined> {
    const row = this.rows.find((one) => one.id === id);
    return row && { ...row };
  }

  async send(id: string): Promise<Send | undefined> {
    const row = this.isStopping ? undefined : this.#move(id, ["granted"], "sent");
    if (!row) return undefined;
    Object.assign(row, { sentAt: new Date(this.#clock.now()), sends: row.sends + 1, isUnderWay: true });
    return { id, sends: row.sends };
  }

  async giveBack(send: Send): Promise<void> {
    if (this.#isPresent(send)) this.#move(send.id, ["sent"], "granted");
  }

  async leave(send: Send): Promise<void> {
    const row = this.rows.find((one) => one.id === send.id && one.status === "sent");
    if (row && this.#isPresent(send)) row.isUnderWay = false;
  }

  async settle(send: Send, status: "done" | "failed" | "unknown", result?: WriteResult): Promise<void> {
    const row = this.#isPresent(send) ? this.#move(send.id, ["sent", "unknown"], status) : undefined;
    if (row) row.result = result;
  }

  async lookAgain(): Promise<void> {}

  async onCards(turnId: string, cardId: string, most: number): Promise<Approval[]> {
    const open = this.rows.filter((row) => row.turnId === turnId && this.#isOpen(row));
    for (const [index, row] of open.filter((one) => one.cardId === undefined).entries()) {
      row.cardId = `${cardId}-${Math.floor(index / most)}`;
    }
    return structuredClone(open);
  }

  async posted(cardId: string, ts: string): Promise<void> {
    for (const row of this.rows) if (row.cardId === cardId) row.cardTs = ts;
  }

  async shown(): Promise<void> {}

  async stale(): Promise<string[]> {
    return [];
  }

  async ofTurn(turnId: string): Promise<Approval[]> {
    return structuredClone(this.rows.filter((row) => row.turnId === turnId));
  }

  async ofCard(cardId: string): Promise<Approval[]> {
    return structuredClone(this.rows.filter((row) => row.cardId === cardId));
  }

  async undecided(teamId: string, most: number): Promise<Approval[]> {
    const open = this.rows.filter(
      (row) => row.status === "planned" && row.cardTs !== undefined && row.teamId === teamId,
    );
    return structuredClone(open.toReversed().slice(0, most));
  }

  async latestOf(person: { teamId: string; userId: string }, most: number): Promise<Approval[]> {
    const { teamId, userId } = person;
    const own = this.rows.filter((row) => row.status !== "planned" && row.teamId === teamId && row.userId === userId);
    return structuredClone(own.toReversed().slice(0, most));
  }

  async decide(cardId: string, { status, userId, reason, seen }: CardDecision): Promise<Approval[]> {
    const isSeen = ({ id, version }: Approval) => seen.some((one) => one.id === id && one.version === version);
    const open = this.rows.filter((row) => row.cardId === cardId && this.#isOpen(row) && isSeen(row));
    for (const row of open) Object.assign(row, { status, decidedBy: userId, ...(reason !== undefined && { reason }) });
    return structuredClone(open);
  }

  async edit(id: string, { arguments: edited, preview, approvers, userId }: Edit): Promise<Approval | undefined> {
    const row = this.rows.find((one) => one.id === id && this.#isOpen(one));
    if (!row) return undefined;
    const { version, cardId } = row;
    const others = this.rows.filter((one) => one !== row && one.cardId === cardId);
    Object.assign(row, { edited, preview, approvers, editedBy: userId, version: version + 1 });
    if (others.length > 0) Object.assign(row, { cardId: `card-of-${id}-${version + 1}`, cardTs: undefined });
    return { ...row };
  }

  async close(): Promise<Approval[]> {
    const late = this.rows.filter((row) => row.status === "planned" && !this.#isOpen(row));
    for (const row of late) row.status = "expired";
    return structuredClone(late);
  }

  async takeLost(): Promise<Approval[]> {
    return structuredClone(this.rows.filter(({ status, isUnderWay }) => status === "sent" && !isUnderWay));
  }

  #row({ turnId, tool, digest }: BoundCall): Approval | undefined {
    return this.rows.find((one) => one.turnId === turnId && one.tool === tool && one.digest === digest);
  }

  #isPresent({ id, sends }: Send): boolean {
    return this.rows.some((row) => row.id === id && row.sends === sends);
  }

  #isOpen({ status, expiresAt }: Approval): boolean {
    return status === "planned" && expiresAt.getTime() > this.#clock.now();
  }

  #move(id: string, from: readonly ApprovalStatus[], to: ApprovalStatus): Approval | undefined {
    const row = this.rows.find((one) => one.id === id && from.includes(one.status));
    if (row) row.status = to;
    return row;
  }
}
