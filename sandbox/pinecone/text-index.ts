import { DatabaseSync } from "node:sqlite";
import { wordsOf } from "./embedding.ts";

/** What one word adds at most to a BM25 score, in units of its weight: SQLite's k1 is 1.2. */
const MOST_OF_A_WORD = 2.2;

/** Full-text search over records: SQLite's FTS5 with Porter's stems, ranked by BM25. */
export class TextIndex {
  readonly #db = new DatabaseSync(":memory:");
  #size = 0;

  constructor() {
    this.#db.exec("create virtual table texts using fts5(id unindexed, text, tokenize = 'porter unicode61')");
  }

  set(id: string, text: string): void {
    this.delete(id);
    this.#db.prepare("insert into texts (id, text) values (?, ?)").run(id, text);
    this.#size += 1;
  }

  delete(id: string): void {
    this.#size -= Number(this.#db.prepare("delete from texts where id = ?").run(id).changes);
  }

  close(): void {
    this.#db.close();
  }

  /** Scores from 0 to 1 by record id, of the records that have any of the words: 1 is the best that BM25 can give. */
  search(query: string): Map<string, number> {
    const words = [...new Set(wordsOf(query))];
    if (words.length === 0 || this.#size === 0) return new Map();
    const most = words.reduce((sum, word) => sum + this.#weightOf(word), 0) * MOST_OF_A_WORD;
    const rows = this.#db
      .prepare("select id, bm25(texts) as rank from texts where texts match ?")
      .all(words.map(quoted).join(" OR "));
    return new Map(rows.map((row) => [String(row.id), Math.min(1, Number(row.rank) / -most)]));
  }

  /** BM25's weight of a word, as SQLite computes it. */
  #weightOf(word: string): number {
    const row = this.#db.prepare("select count(*) as hits from texts where texts match ?").get(quoted(word));
    const hits = Number(row?.hits ?? 0);
    return Math.max(1e-6, Math.log((this.#size - hits + 0.5) / (hits + 0.5)));
  }
}

const quoted = (word: string): string => `"${word}"`;
