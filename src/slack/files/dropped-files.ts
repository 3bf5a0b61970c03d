import type { QuestionFile } from "../../agent/ports.ts";

/** A file as a message shows it; of one from another company Slack tells less. */
export interface SharedFile {
  id?: string;
  name?: string | null;
  filetype?: string;
  size?: number;
  mode?: string;
}

/** Files of one message that are looked at; Slack takes ten. */
const mostFiles = 10;
const longestName = 120;

/** The files of one message. A name is whatever somebody called it: what stands in it for nobody's eyes is left out. */
export function droppedFiles(files: readonly SharedFile[] = []): QuestionFile[] {
  return files.slice(0, mostFiles).flatMap(({ id, name, filetype, size, mode }) => {
    if (id === undefined || mode === "tombstone") return [];
    const plain = (name ?? "").replaceAll(/\p{C}/gu, "").slice(0, longestName);
    return [{ id, name: plain || "a file", type: (filetype ?? "").slice(0, 20), size: size ?? 0 }];
  });
}
