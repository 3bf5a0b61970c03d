import { z } from "zod";

/**
 * The parts of Asana's answers that this server reads; everything else is dropped here. Source: Asana's OpenAPI description.
 * Asana leaves out what was not asked for or may not be seen, so every field but a gid may be missing.
 */

const text = z.string().nullish();
const gid = z.string();

const named = z.object({ gid, name: text });

export type Named = z.output<typeof named>;

const user = z.object({ gid, name: text, email: text });

export type User = z.output<typeof user>;

const team = z.object({ name: text }).nullish();

const project = z.object({
  gid,
  name: text,
  permalink_url: text,
  archived: z.boolean().nullish(),
  completed: z.boolean().nullish(),
  /** YYYY-MM-DD. */
  due_on: text,
  start_on: text,
  owner: user.nullish(),
  team,
  current_status_update: z.object({ title: text, status_type: text }).nullish(),
});

export type Project = z.output<typeof project>;

const customField = z.object({
  gid,
  name: text,
  /** `enum`, `multi_enum`, `text`, `number`, `date`, `people` ... */
  resource_subtype: text,
  display_value: text,
  enum_options: z.array(z.object({ gid, name: text, enabled: z.boolean().nullish() })).nullish(),
});

export type CustomField = z.output<typeof customField>;

const task = z.object({
  gid,
  name: text,
  permalink_url: text,
  completed: z.boolean().nullish(),
  completed_at: text,
  created_at: text,
  modified_at: text,
  assignee: user.nullish(),
  /** YYYY-MM-DD, also where a time is set. */
  due_on: text,
  /** An instant; only where a time is set. */
  due_at: text,
  start_on: text,
  notes: text,
  parent: named.nullish(),
  num_subtasks: z.number().nullish(),
  memberships: z.array(z.object({ project: named.nullish(), section: named.nullish() })).nullish(),
  custom_fields: z.array(customField).nullish(),
  followers: z.array(named).nullish(),
  tags: z.array(named).nullish(),
  created_by: named.nullish(),
});

export type Task = z.output<typeof task>;

const story = z.object({
  gid,
  /** `comment` or `system`. */
  type: text,
  text,
  created_at: text,
  created_by: named.nullish(),
});

export type Story = z.output<typeof story>;

const status = z.object({
  gid,
  title: text,
  text,
  status_type: text,
  created_at: text,
  created_by: named.nullish(),
});

export type Status = z.output<typeof status>;

const nextPage = z
  .object({ offset: text })
  .nullish()
  .transform((page) => page?.offset ?? undefined);

const list = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), next_page: nextPage });
const one = <Item extends z.ZodType>(item: Item) => z.object({ data: item });

export const namedList = list(named);
export const userList = list(user);
export const userAnswer = one(user);
export const projectList = list(project);
export const projectAnswer = one(project);
export const fieldSettingList = list(z.object({ custom_field: customField.nullish() }));
export const taskList = list(task);
export const taskAnswer = one(task);
export const storyList = list(story);
export const storyAnswer = one(story);
export const statusAnswer = one(status);
export const statusList = list(status);
export const emptyAnswer = one(z.unknown());
