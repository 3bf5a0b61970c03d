/** PDFs made by hand: as small as they can be, and as hostile as a test wants them. */
import { deflateSync } from "node:zlib";

/** One page for each content stream. */
export function pdfOf(contents: readonly (string | Buffer)[]): Buffer {
  const kids = contents.map((_, index) => `${4 + 2 * index} 0 R`).join(" ");
  const objects: Buffer[] = [
    Buffer.from("<< /Type /Catalog /Pages 2 0 R >>"),
    Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${contents.length} >>`),
    Buffer.from("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"),
  ];
  for (const [index, content] of contents.entries()) {
    const page = `/Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * index} 0 R`;
    const packed = deflateSync(content);
    const head = Buffer.from(`<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`);
    objects.push(Buffer.from(`<< /Type /Page ${page} >>`), Buffer.concat([head, packed, Buffer.from("\nendstream")]));
  }
  return assemble(objects);
}

/** The content stream of a page with these lines. */
export function linesOf(...lines: string[]): string {
  const escaped = lines.map((line) => line.replaceAll(/[\\()]/g, String.raw`\$&`));
  return `BT /F1 12 Tf 72 720 Td ${escaped.map((line) => `(${line}) Tj 0 -14 Td`).join(" ")} ET`;
}

/** A small file whose one stream unpacks to so many megabytes. */
export function pdfBomb(megabytes: number): Buffer {
  const line = Buffer.alloc(1024 * 1024, `${linesOf("A".repeat(60))}\n`);
  return pdfOf([Buffer.concat(Array.from({ length: megabytes }, () => line))]);
}

function assemble(objects: readonly Buffer[]): Buffer {
  const parts = [Buffer.from("%PDF-1.4\n")];
  const offsets: number[] = [];
  let at = parts[0]?.length ?? 0;
  for (const [index, object] of objects.entries()) {
    const whole = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from("\nendobj\n")]);
    offsets.push(at);
    parts.push(whole);
    at += whole.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  parts.push(Buffer.from(`xref\n0 ${size}\n0000000000 65535 f \n${rows}`));
  parts.push(Buffer.from(`trailer << /Size ${size} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF`));
  return Buffer.concat(parts);
}
