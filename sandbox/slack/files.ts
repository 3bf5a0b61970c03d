import { randomUUID } from "node:crypto";
import { SlackRefusal } from "./refusal.ts";
import { kindOf } from "./file-kinds.ts";
import type { Workspace } from "./workspace.ts";

/** A file as the workspace keeps it. */
export interface StoredFile {
  id: string;
  name: string;
  title: string;
  /** Whose it is: a person's, or Sophia's. */
  userId: string;
  /** In seconds. */
  created: number;
  /** As announced; of what is there once it is uploaded. */
  size: number;
  bytes: Uint8Array | undefined;
  /** `announced`: an upload address was given. `complete`: it can be shown and read. */
  state: "announced" | "complete" | "deleted";
  /** Conversations that it was shared in; Sophia's own are hers alone until then. */
  channels: Set<string>;
  /** How often `files.info` still shows it unprocessed: Slack looks at what was uploaded after its answer. */
  unprocessed: number;
}

const MOST_BYTES = 1024 * 1024 * 1024;

/** What Sophia uploads and what people drop. */
export class Files {
  readonly #workspace: Workspace;
  readonly #origin: () => string;
  readonly #files = new Map<string, StoredFile>();
  readonly #uploads = new Map<string, string>();
  /** Looks at `files.info` that an upload takes to be processed; none unless told. */
  processing = 0;

  constructor(workspace: Workspace, origin: () => string) {
    this.#workspace = workspace;
    this.#origin = origin;
  }

  reset(): void {
    this.#files.clear();
    this.#uploads.clear();
    this.processing = 0;
  }

  /** All files that were not deleted, oldest first. */
  all(): StoredFile[] {
    return [...this.#files.values()].filter(({ state }) => state !== "deleted");
  }

  /** A file by its id. Throws `file_not_found`, `file_deleted`. */
  get(id: string): StoredFile {
    const file = this.#files.get(id);
    if (!file || file.state === "announced") throw new SlackRefusal("file_not_found");
    if (file.state === "deleted") throw new SlackRefusal("file_deleted");
    return file;
  }

  /** A person's file, dropped in a conversation. */
  drop(userId: string, channel: string, { name, content }: { name: string; content: string | Uint8Array }): StoredFile {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const file = this.#add({ name, userId, size: bytes.length, bytes, state: "complete" });
    file.channels.add(channel);
    return file;
  }

  remove(id: string): void {
    const file = this.get(id);
    file.state = "deleted";
    file.bytes = undefined;
  }

  /** Where the bytes of a file are to be sent. */
  announce(name: string, size: number): { file: StoredFile; uploadUrl: string } {
    if (size > MOST_BYTES) throw new SlackRefusal("file_upload_size_restricted");
    const { userId } = this.#workspace.identity;
    const file = this.#add({ name, userId, size, bytes: undefined, state: "announced" });
    const token = randomUUID().replaceAll("-", "");
    this.#uploads.set(token, file.id);
    return { file, uploadUrl: `${this.#origin()}/upload/v1/${token}` };
  }

  /** The bytes come; false where nobody was told this address, or of another length. */
  receive(token: string, bytes: Uint8Array): boolean {
    const file = this.#files.get(this.#uploads.get(token) ?? "");
    if (!file || bytes.length !== file.size) return false;
    file.bytes = bytes;
    return true;
  }

  /** The upload is done. Throws `file_not_found`. */
  complete(id: string, title: string | undefined): StoredFile {
    const file = this.#files.get(id);
    if (!file?.bytes || file.state === "deleted") throw new SlackRefusal("file_not_found");
    if (file.state === "announced") file.unprocessed = this.processing;
    file.state = "complete";
    file.title = title || file.name;
    return file;
  }

  /** Whether a block may show it: an image of Sophia's that Slack has looked at. */
  isShowable(reference: unknown): boolean {
    const { id, url } = (reference ?? {}) as Record<string, unknown>;
    const file = this.all().find((one) => (typeof id === "string" ? one.id === id : this.#address(one) === url));
    if (!file?.bytes || file.state !== "complete" || file.unprocessed > 0) return false;
    return kindOf(file.bytes, file.name).isShownInBlocks;
  }

  /** As `files.info`, messages and events show it. */
  payload(file: StoredFile): Record<string, unknown> {
    const { id, name, title, userId, created, size, bytes = new Uint8Array() } = file;
    const url = this.#address(file);
    const common = {
      id,
      created,
      timestamp: created,
      name,
      title,
      user: userId,
      user_team: this.#workspace.identity.teamId,
    };
    const kind = file.unprocessed > 0 ? { mimetype: "", filetype: "", prettyType: "" } : kindOf(bytes, name);
    const { mimetype, filetype, prettyType } = kind;
    const channels = [...file.channels];
    return {
      ...common,
      mimetype,
      filetype,
      pretty_type: prettyType,
      editable: false,
      size,
      mode: "hosted",
      is_external: false,
      external_type: "",
      is_public: channels.some((channel) => this.#workspace.conversations.get(channel)?.kind === "public"),
      public_url_shared: false,
      display_as_bot: false,
      username: "",
      url_private: url,
      url_private_download: url,
      permalink: `${this.#origin()}/files/${userId}/${id}/${encodeURIComponent(name)}`,
      channels,
      groups: [],
      ims: [],
      comments_count: 0,
      file_access: "visible",
    };
  }

  #address({ id, name }: StoredFile): string {
    return `${this.#origin()}/files-pri/${this.#workspace.identity.teamId}-${id}/${encodeURIComponent(name)}`;
  }

  #add(fields: Pick<StoredFile, "name" | "userId" | "size" | "bytes" | "state">): StoredFile {
    const id = this.#workspace.newId("F");
    const created = Math.floor(this.#workspace.now() / 1000);
    const file: StoredFile = { ...fields, id, title: fields.name, created, channels: new Set(), unprocessed: 0 };
    this.#files.set(id, file);
    return file;
  }
}
