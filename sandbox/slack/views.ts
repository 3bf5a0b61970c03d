import type { Changes } from "./changes.ts";
import { SlackRefusal } from "./refusal.ts";
import { withBlockIds } from "./blocks.ts";
import type { Block } from "./types.ts";
import { checkView } from "./view-checks.ts";
import { type EnteredValues, viewState } from "./view-state.ts";
import type { Workspace } from "./workspace.ts";

export interface View {
  id: string;
  type: "modal" | "home";
  userId: string;
  blocks: Block[];
  callbackId: string;
  privateMetadata: string;
  externalId: string;
  hash: string;
  title: unknown;
  submit: unknown;
  close: unknown;
  clearOnClose: boolean;
  notifyOnClose: boolean;
  rootViewId: string;
  previousViewId: string | null;
  /** By the person, so far. */
  entered: EnteredValues;
}

const STACK_LIMIT = 3;

/** Modals, a stack for each person, and each person's Home tab. */
export class Views {
  readonly #workspace: Workspace;
  readonly #changes: Changes;
  readonly #stacks = new Map<string, View[]>();
  readonly #homes = new Map<string, View>();

  constructor(workspace: Workspace, changes: Changes) {
    this.#workspace = workspace;
    this.#changes = changes;
  }

  open(userId: string, given: unknown): View {
    const view = this.#read(userId, given, "modal");
    this.#stacks.set(userId, [view]);
    return this.#shown(view);
  }

  push(userId: string, given: unknown): View {
    const stack = this.#stacks.get(userId);
    const [root] = stack ?? [];
    if (!stack || !root) throw new SlackRefusal("not_found");
    if (stack.length >= STACK_LIMIT) throw new SlackRefusal("push_limit_reached");
    const view = this.#read(userId, given, "modal");
    view.rootViewId = root.id;
    view.previousViewId = stack.at(-1)?.id ?? null;
    stack.push(view);
    return this.#shown(view);
  }

  update(
    find: { id?: string | undefined; externalId?: string | undefined },
    given: unknown,
    hash: string | undefined,
  ): View {
    const view = this.#all().find((v) => v.id === find.id || (find.externalId && v.externalId === find.externalId));
    if (!view) throw new SlackRefusal("not_found");
    if (hash !== undefined && hash !== view.hash) throw new SlackRefusal("hash_conflict");
    // What was entered stays where the same inputs are still there.
    const { id, rootViewId, previousViewId, entered } = view;
    Object.assign(view, this.#read(view.userId, given, view.type, view), { id, rootViewId, previousViewId, entered });
    return this.#shown(view);
  }

  publish(userId: string, given: unknown, hash: string | undefined): View {
    const before = this.#homes.get(userId);
    if (hash !== undefined && before && hash !== before.hash) throw new SlackRefusal("hash_conflict");
    const view = this.#read(userId, given, "home", before);
    if (before) {
      view.id = before.id;
      view.rootViewId = before.id;
    }
    this.#homes.set(userId, view);
    return this.#shown(view);
  }

  /** Closes the topmost view, or all of them. */
  close(userId: string, { all = false } = {}): void {
    const stack = this.#stacks.get(userId);
    if (!stack) return;
    stack.pop();
    if (all || stack.length === 0) this.#stacks.delete(userId);
    this.#changes.publish({ type: "view", userId });
  }

  /** The modals a person has open, the topmost last. */
  modals(userId: string): readonly View[] {
    return this.#stacks.get(userId) ?? [];
  }

  home(userId: string): View | undefined {
    return this.#homes.get(userId);
  }

  find(viewId: string): View | undefined {
    return this.#all().find((view) => view.id === viewId);
  }

  reset(): void {
    this.#stacks.clear();
    this.#homes.clear();
  }

  #all(): View[] {
    return [...[...this.#stacks.values()].flat(), ...this.#homes.values()];
  }

  #shown(view: View): View {
    this.#changes.publish({ type: "view", userId: view.userId });
    return view;
  }

  #read(userId: string, given: unknown, type: View["type"], replaced?: View): View {
    const fields = given as Record<string, unknown>;
    const blocks = withBlockIds(checkView(given, type), () => this.#workspace.newId("b"));
    const externalId = text(fields["external_id"]);
    if (externalId !== "" && this.#all().some((view) => view !== replaced && view.externalId === externalId))
      throw new SlackRefusal("duplicate_external_id");
    const id = this.#workspace.newId("V");
    return {
      id,
      type,
      userId,
      blocks,
      callbackId: text(fields["callback_id"]),
      privateMetadata: text(fields["private_metadata"]),
      externalId,
      hash: `${Math.floor(this.#workspace.now() / 1000)}.${id.slice(-6)}`,
      title: fields["title"] ?? EMPTY_TITLE,
      submit: fields["submit"] ?? null,
      close: fields["close"] ?? null,
      clearOnClose: fields["clear_on_close"] === true,
      notifyOnClose: fields["notify_on_close"] === true,
      rootViewId: id,
      previousViewId: null,
      entered: {},
    };
  }
}

const EMPTY_TITLE = { type: "plain_text", text: "View Title", emoji: true };

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A view as the Web API and interactions show it. */
export function viewPayload(view: View, workspace: Workspace): Record<string, unknown> {
  return {
    id: view.id,
    team_id: workspace.identity.teamId,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    state: { values: viewState(view.blocks, view.entered) },
    hash: view.hash,
    title: view.title,
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    close: view.close,
    submit: view.submit,
    previous_view_id: view.previousViewId,
    root_view_id: view.rootViewId,
    app_id: workspace.identity.appId,
    external_id: view.externalId,
    app_installed_team_id: workspace.identity.teamId,
    bot_id: workspace.identity.botId,
  };
}
