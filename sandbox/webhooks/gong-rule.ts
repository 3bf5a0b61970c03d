import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { extensiveOf } from "../gong/call-views.ts";
import type { GongStore } from "../gong/store.ts";
import type { Call } from "../world/types.ts";
import type { Outbox } from "./outbox.ts";
import { gongToken } from "./signatures.ts";

export interface GongKeys {
  privateKey: KeyObject;
  /** As Gong shows it: without PEM's armour. */
  publicKey: string;
}

let made: Promise<GongKeys> | undefined;

/** One pair for the process: making it takes a moment. */
export function gongKeys(): Promise<GongKeys> {
  made ??= promisify(generateKeyPair)("rsa", { modulusLength: 2048 }).then(({ privateKey, publicKey }) => ({
    privateKey,
    publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
  }));
  return made;
}

const SELECTOR = { context: "Extended", exposedFields: { parties: true, content: { topics: true, trackers: true } } };

/** The automation rule "a call was processed": it sends once, and nobody hears of it again where that fails. */
export function gongRule(store: GongStore, keys: GongKeys, outbox: Outbox, target: () => string | undefined): void {
  const tell = (call: Call, times: number): void => {
    const url = target();
    if (url === undefined) return;
    const body = JSON.stringify({ callData: extensiveOf(call, SELECTOR, store, Date.now()), isTest: false });
    for (let time = 0; time < times; time++) {
      const token = gongToken({ privateKey: keys.privateKey, url, body, issuedAt: Math.floor(Date.now() / 1000) });
      // Both are seen in the field.
      const headers = { authorization: time % 2 === 0 ? token : `Bearer ${token}` };
      outbox.send({ service: "gong", url, attempts: 1, request: () => ({ headers, body }) });
    }
  };
  store.subscribe(tell);
}
