import type { Change } from "./changes.ts";
import type { CurrentRecord, Money, Task } from "./records.ts";

const longestName = 120;
const longestComment = 200;

/** One line of Markdown: the record, linked, what has changed of it, and who did that, where it is known. */
export function lineFor(record: CurrentRecord, changes: readonly Change[], doers?: string): string {
  if (record.kind === "contact") return contactLine(record);
  const by = doers === undefined ? "" : `by ${plain(doers)}`;
  return record.kind === "deal" ? dealLine(record, changes, by) : taskLine(record, changes, by);
}

function dealLine(deal: Extract<CurrentRecord, { kind: "deal" }>, changes: readonly Change[], by: string): string {
  const { stage, amount, owner, company, lostReason } = deal;
  const account = company && !deal.name.toLowerCase().includes(company.name.toLowerCase()) ? plain(company.name) : "";
  const about = [account, owner ? `owner ${plain(owner.name)}` : "no owner", by].filter(Boolean).join(", ");
  const name = linked(deal);
  if (changes.some(({ what }) => what === "created")) {
    return `New deal ${name}: **${plain(stage)}**, ${moneyWords(amount)} (${about})`;
  }
  const words = changes.flatMap((change) => {
    if (change.what === "stage") return [stageWords(change, lostReason)];
    return change.what === "amount" ? [amountWords(change)] : [];
  });
  const isAmountTold = changes.some(({ what }) => what === "amount");
  const worth = isAmountTold || amount === null ? "" : `, ${moneyWords(amount)}`;
  return `${name} ${words.join(", ")}${worth} (${about})`;
}

function stageWords(
  { from, to, outcome }: Extract<Change, { what: "stage" }>,
  lostReason: string | null | undefined,
): string {
  const left = from === undefined ? "" : ` from ${plain(from)}`;
  if (outcome === "won") return `was **won**${left && ` (${left.trim()})`}`;
  if (outcome === "lost") {
    const reason = lostReason ? `: ${plain(lostReason)}` : "";
    return `was **lost**${left && ` (${left.trim()})`}${reason}`;
  }
  return from === undefined ? `is now in **${plain(to)}**` : `moved${left} to **${plain(to)}**`;
}

function amountWords({ from, to }: Extract<Change, { what: "amount" }>): string {
  return from === undefined ? `amount now ${moneyWords(to)}` : `amount from ${moneyWords(from)} to ${moneyWords(to)}`;
}

function contactLine(contact: Extract<CurrentRecord, { kind: "contact" }>): string {
  const { company, job_title: title, openDeals } = contact;
  const [deal, ...others] = openDeals;
  const place = company ? ` at ${linked(company)}` : "";
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  const open = deal
    ? `, which has an open deal: ${linked(deal)} (${plain(deal.stage)}, ${moneyWords(deal.amount)})${more}`
    : "";
  return `New contact ${linked(contact)}${title ? `, ${plain(title)},` : ""}${place}${open}`;
}

function taskLine(task: Task, changes: readonly Change[], by: string): string {
  const { assignee, projects } = task;
  const isAssigneeTold = changes.some(({ what }) => what === "assignee");
  const whose = isAssigneeTold ? [] : [assignee ? plain(assignee.name) : "nobody's"];
  const [comments, others] = [changes.filter(isComment), changes.filter((change) => !isComment(change))];
  // A comment says itself whose it is.
  const doer = by !== "" && others.length > 0 ? [by] : [];
  const about = [...whose, ...projects.slice(0, 2).map(({ name }) => plain(name)), ...doer].join(", ");
  const words = [...others.map(taskWords), ...(comments.length > 0 ? [commentWords(comments)] : [])].join("; ");
  return `${linked(task)} ${words}${about && ` (${about})`}`;
}

function isComment(change: Change): change is Extract<Change, { what: "comment" }> {
  return change.what === "comment";
}

function taskWords(change: Change): string {
  switch (change.what) {
    case "completed":
      return "was **completed**";
    case "reopened":
      return "was reopened";
    case "assignee": {
      const to = change.to === null ? "nobody" : plain(change.to);
      if (change.from === undefined || change.from === null) return `was assigned to ${to}`;
      return `was reassigned from ${plain(change.from)} to ${to}`;
    }
    case "due": {
      const from = change.from === undefined ? "" : ` from ${dayWords(change.from)}`;
      return `is due ${dayWords(change.to)}${from && `, moved${from}`}`;
    }
    case "overdue":
      return `is **overdue** since ${dayWords(change.since)}`;
    default:
      return "changed";
  }
}

/** What somebody wrote stands in quotes, as what it is. */
function commentWords(comments: readonly Extract<Change, { what: "comment" }>[]): string {
  const last = comments.at(-1);
  if (!last) return "";
  const said = `was commented on by ${plain(last.by)}: “${plain(last.text, longestComment)}”`;
  return comments.length === 1 ? said : `has ${comments.length} new comments; it ${said}`;
}

function linked({ name, url }: { name: string; url: string | null }): string {
  const label = plain(name);
  return url === null ? `**${label}**` : `[${label}](${url})`;
}

function moneyWords(money: Money | null): string {
  if (money === null) return "no amount";
  const { amount, currency } = money;
  try {
    const digits = { minimumFractionDigits: 0, maximumFractionDigits: 2 };
    return new Intl.NumberFormat("en-US", { style: "currency", currency, ...digits }).format(amount);
  } catch (error) {
    if (error instanceof RangeError) return `${amount.toLocaleString("en-US")} ${plain(currency)}`;
    throw error;
  }
}

const dayFormat = new Intl.DateTimeFormat("en-US", {
  month: "short",
  day: "numeric",
  year: "numeric",
  timeZone: "UTC",
});

function dayWords(day: string | null): string {
  if (day === null) return "on no day";
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? plain(day) : dayFormat.format(at);
}

/** A service's text on one line, in which nothing is Markdown. */
function plain(text: string, most = longestName): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const points = Array.from(line);
  const cut = points.length > most ? `${points.slice(0, most - 1).join("")}…` : line;
  return cut.replaceAll(/([\\[\]*_`~<>|#])/g, "\\$1");
}
