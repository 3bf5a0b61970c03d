import type { Clock } from "../../src/core/clock.ts";
import type { Approval, Approvals, BoundCall, NewApproval } from "../../src/storage/approvals.ts";

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

  async request(wanted: NewApproval): Promise<Approval> {
    const known = await this.find(wanted);
    if (known && known.status !== "approved") return known;
    if (known)
      this.rows.splice(
        this.rows.findIndex((row) => row.id === known.id),
        1,
      );
    this.rows.push({ ...wanted, ...this.#place, status: "pending" });
    return { ...this.rows.at(-1)! };
  }

  async find({ turnId, tool, digest }: BoundCall): Promise<Approval | undefined> {
    const row = this.rows.find((one) => one.turnId === turnId && one.tool === tool && one.digest === digest);
    return row && { ...row };
  }

  async spend(id: string): Promise<boolean> {
    return !this.isStopping && this.#move(id, "approved", "spent");
  }

  async giveBack(id: string): Promise<void> {
    this.#move(id, "spent", "approved");
  }

  async onCards(turnId: string, cardId: string, most: number): Promise<Approval[]> {
    const open = this.rows.filter((row) => row.turnId === turnId && this.#isOpen(row));
    for (const [index, row] of open.filter((one) => one.cardId === undefined).entries()) {
      row.cardId = `${cardId}-${Math.floor(index / most)}`;
    }
    return structuredClone(open);
  }

  async shown(cardId: string, ts: string): Promise<void> {
    for (const row of this.rows) if (row.cardId === cardId) row.cardTs = ts;
  }

  async ofTurn(turnId: string): Promise<Approval[]> {
    return structuredClone(this.rows.filter((row) => row.turnId === turnId));
  }

  async ofCard(cardId: string): Promise<Approval[]> {
    return structuredClone(this.rows.filter((row) => row.cardId === cardId));
  }

  async decide(
    cardId: string,
    { status, userId }: { status: "approved" | "denied"; userId: string },
  ): Promise<Approval[]> {
    const open = this.rows.filter((row) => row.cardId === cardId && this.#isOpen(row));
    for (const row of open) Object.assign(row, { status, decidedBy: userId });
    return structuredClone(open);
  }

  #isOpen({ status, expiresAt }: Approval): boolean {
    return status === "pending" && expiresAt.getTime() > this.#clock.now();
  }

  #move(id: string, from: Approval["status"], to: Approval["status"]): boolean {
    const row = this.rows.find((one) => one.id === id && one.status === from);
    if (row) row.status = to;
    return row !== undefined;
  }
}
