export interface FileKind {
  mimetype: string;
  filetype: string;
  prettyType: string;
  /** `slack_file` takes it. */
  isShownInBlocks: boolean;
}

const IMAGES: readonly (readonly [signature: string, filetype: string, mimetype: string])[] = [
  ["89504e470d0a1a0a", "png", "image/png"],
  ["ffd8ff", "jpg", "image/jpeg"],
  ["474946383", "gif", "image/gif"],
];

const BY_ENDING: Readonly<Record<string, readonly [mimetype: string, prettyType: string]>> = {
  csv: ["text/csv", "CSV"],
  md: ["text/markdown", "Markdown"],
  pdf: ["application/pdf", "PDF"],
  txt: ["text/plain", "Plain Text"],
};

/** Images by their first bytes, all else by the name's ending, as Slack has it. */
export function kindOf(bytes: Uint8Array, name: string): FileKind {
  const head = Buffer.from(bytes.subarray(0, 8)).toString("hex");
  const image = IMAGES.find(([signature]) => head.startsWith(signature));
  if (image) {
    const [, filetype, mimetype] = image;
    return { mimetype, filetype, prettyType: filetype.toUpperCase(), isShownInBlocks: true };
  }
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  const [mimetype, prettyType] = BY_ENDING[ending] ?? ["application/octet-stream", "Binary"];
  return { mimetype, filetype: BY_ENDING[ending] ? ending : "binary", prettyType, isShownInBlocks: false };
}
