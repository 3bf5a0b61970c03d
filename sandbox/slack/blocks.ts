import { checkLength, checkRequired, checkString, checkText, type Report } from "./checks.ts";
import { checkElement, checkInputElement, checkUsable } from "./elements.ts";
import { SlackRefusal } from "./refusal.ts";
import type { Block } from "./types.ts";

const BLOCKS_LIMIT = 50;
/** Characters of all text in a message's blocks together. */
const MESSAGE_LIMIT = 13_200;
const MARKDOWN_LIMIT = 12_000;
const TABLE_ROWS = 100;
const TABLE_COLUMNS = 20;

/** A view takes more blocks than a message. */
const VIEW_BLOCKS_LIMIT = 100;

type Check = (block: Block, at: string, report: Report) => void;

const CHECKS: Readonly<Record<string, Check>> = {
  actions: (block, at, report) => elements(block, at, report, 25, checkUsable),
  alert: (block, at, report) => checkText(block["text"], `${at}/text`, report, 3000),
  card: () => {},
  carousel: (block, at, report) => elements(block, at, report, 10),
  container: (block, at, report) => children(block, at, report),
  context: (block, at, report) => elements(block, at, report, 10),
  context_actions: (block, at, report) => elements(block, at, report, 5),
  data_table: (block, at, report) => table(block, at, report, TABLE_ROWS + 1),
  data_visualization: () => {},
  divider: () => {},
  file: () => {},
  header: (block, at, report) => checkText(block["text"], `${at}/text`, report, 150, "plain_text"),
  image: checkImage,
  input: (block, at, report) => {
    checkText(block["label"], `${at}/label`, report, 2000, "plain_text");
    if (block["hint"] !== undefined) checkText(block["hint"], `${at}/hint`, report, 2000, "plain_text");
    checkRequired(block, "element", at, report);
    if (block["element"] !== undefined) checkInputElement(block["element"], `${at}/element`, report);
  },
  markdown: (block, at, report) => checkString(block["text"], `${at}/text`, report, MARKDOWN_LIMIT),
  plan: (block, at, report) => checkRequired(block, "title", at, report),
  rich_text: (block, at, report) => elements(block, at, report, Number.POSITIVE_INFINITY),
  section: checkSection,
  table: (block, at, report) => table(block, at, report, TABLE_ROWS),
  task_card: (block, at, report) => {
    for (const field of ["task_id", "title"]) checkRequired(block, field, at, report);
  },
  video: (block, at, report) => {
    for (const field of ["video_url", "thumbnail_url", "alt_text", "title"]) checkRequired(block, field, at, report);
  },
};

/**
 * Checks an array of blocks as Slack does and returns them. Throws SlackRefusal with each reason and where it stands.
 * `isShowable`: whether a `slack_file` is there and can be shown.
 */
export function checkBlocks(
  value: unknown,
  tooLong = "msg_blocks_too_long",
  isShowable: (slackFile: unknown) => boolean = () => true,
): Block[] {
  if (!Array.isArray(value)) throw new SlackRefusal("invalid_blocks_format");
  const reasons = blockProblems(value, BLOCKS_LIMIT, "/blocks");
  for (const [index, block] of (value as (Block | null)[]).entries()) {
    if (block?.type !== "image" || block["slack_file"] === undefined || isShowable(block["slack_file"])) continue;
    reasons.push(`invalid slack file [json-pointer:/blocks/${index}/slack_file]`);
  }
  if (reasons.length > 0) throw invalidBlocks(reasons);
  checkTotal(value as Block[], tooLong);
  return value as Block[];
}

/** Throws where all the text of a message's blocks together is more than it takes. */
export function checkTotal(blocks: readonly Block[], tooLong = "msg_blocks_too_long"): void {
  if (textLength(blocks) > MESSAGE_LIMIT) throw new SlackRefusal(tooLong);
}

/** What is wrong with the blocks of a view, each with where it stands. */
export function viewBlockProblems(blocks: readonly unknown[]): string[] {
  return blockProblems(blocks, VIEW_BLOCKS_LIMIT, "/view/blocks");
}

function blockProblems(blocks: readonly unknown[], most: number, at: string): string[] {
  const reasons: string[] = [];
  const report: Report = (reason, pointer) => reasons.push(`${reason} [json-pointer:${pointer}]`);
  if (blocks.length > most) report(`no more than ${most} items allowed`, at);
  for (const [index, block] of blocks.entries()) checkBlock(block, `${at}/${index}`, report);
  checkTogether(blocks as readonly Block[], at, report);
  return reasons;
}

function invalidBlocks(reasons: readonly string[]): SlackRefusal {
  const messages = reasons.map((reason) => `[ERROR] ${reason}`);
  return new SlackRefusal("invalid_blocks", { errors: reasons, response_metadata: { messages } });
}

/** Gives each block without a `block_id` one, as Slack does; the blocks that have one are not copied. */
export function withBlockIds(blocks: readonly Block[], newId: () => string): Block[] {
  return blocks.map((block) => (block.block_id ? block : { ...block, block_id: newId() }));
}

function checkBlock(value: unknown, at: string, report: Report): void {
  if (typeof value !== "object" || value === null) return report("must be an object", at);
  const block = value as Block;
  const check = Object.hasOwn(CHECKS, block.type) ? CHECKS[block.type] : undefined;
  if (!check) return report(`unsupported type: ${block.type}`, `${at}/type`);
  if (block.block_id !== undefined) checkString(block.block_id, `${at}/block_id`, report, 255);
  check(block, at, report);
}

function checkTogether(blocks: readonly Block[], at: string, report: Report): void {
  const ids = new Set<string>();
  let markdown = 0;
  for (const [index, block] of blocks.entries()) {
    if (block?.block_id !== undefined) {
      if (ids.has(block.block_id)) report("`block_id` is not unique", `${at}/${index}/block_id`);
      ids.add(block.block_id);
    }
    if (block?.type === "markdown" && typeof block["text"] === "string") markdown += block["text"].length;
  }
  if (markdown > MARKDOWN_LIMIT) report(`must be less than ${MARKDOWN_LIMIT + 1} characters in all`, at);
}

function checkImage(block: Block, at: string, report: Report): void {
  checkRequired(block, "alt_text", at, report);
  if (typeof block["alt_text"] === "string") checkLength(block["alt_text"], `${at}/alt_text`, report, 2000);
  if (block["title"] !== undefined) checkText(block["title"], `${at}/title`, report, 2000, "plain_text");
  const [url, file] = [block["image_url"], block["slack_file"] as Record<string, unknown> | undefined];
  if ((url === undefined) === (file === undefined))
    return report("must provide exactly one of `image_url` and `slack_file`", at);
  if (url !== undefined) return checkString(url, `${at}/image_url`, report, 3000);
  const { id, url: address } = file ?? {};
  if ((id === undefined) === (address === undefined))
    report("must provide exactly one of `id` and `url`", `${at}/slack_file`);
  else if (id !== undefined && !(typeof id === "string" && /^F[A-Z0-9]{8,}$/.test(id)))
    report("input must match regex pattern: ^[F][A-Z0-9]{8,}$", `${at}/slack_file/id`);
}

function checkSection(block: Block, at: string, report: Report): void {
  if (block["text"] === undefined && block["fields"] === undefined) return report("missing required field: text", at);
  if (block["text"] !== undefined) checkText(block["text"], `${at}/text`, report, 3000);
  if (block["accessory"] !== undefined) checkUsable(block["accessory"], `${at}/accessory`, report);
  const fields = block["fields"];
  if (fields === undefined) return;
  if (!Array.isArray(fields)) return report("must be an array", `${at}/fields`);
  if (fields.length > 10) report("no more than 10 items allowed", `${at}/fields`);
  for (const [index, field] of fields.entries()) checkText(field, `${at}/fields/${index}`, report, 2000);
}

function elements(block: Block, at: string, report: Report, most: number, check = checkElement): void {
  const list = block["elements"];
  if (!Array.isArray(list)) return report("missing required field: elements", at);
  if (list.length === 0) report("no fewer than 1 items allowed", `${at}/elements`);
  if (list.length > most) report(`no more than ${most} items allowed`, `${at}/elements`);
  for (const [index, element] of list.entries()) check(element, `${at}/elements/${index}`, report);
}

function children(block: Block, at: string, report: Report): void {
  const list = block["child_blocks"];
  if (!Array.isArray(list)) return report("missing required field: child_blocks", at);
  for (const [index, child] of list.entries()) checkBlock(child, `${at}/child_blocks/${index}`, report);
}

function table(block: Block, at: string, report: Report, mostRows: number): void {
  const rows = block["rows"];
  if (!Array.isArray(rows) || rows.length === 0) return report("missing required field: rows", at);
  if (rows.length > mostRows) report(`no more than ${mostRows} items allowed`, `${at}/rows`);
  for (const [index, row] of rows.entries()) {
    if (!Array.isArray(row)) report("must be an array", `${at}/rows/${index}`);
    else if (row.length > TABLE_COLUMNS) report(`no more than ${TABLE_COLUMNS} items allowed`, `${at}/rows/${index}`);
  }
}

/** Characters of what a person reads in a block: every `text`, `title` and `alt_text` in it. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (typeof value !== "object" || value === null) return 0;
  let length = 0;
  for (const [key, field] of Object.entries(value)) {
    if (typeof field === "string") length += TEXT_FIELDS.has(key) ? field.length : 0;
    else length += textLength(field);
  }
  return length;
}

const TEXT_FIELDS: ReadonlySet<string> = new Set(["text", "title", "alt_text"]);
