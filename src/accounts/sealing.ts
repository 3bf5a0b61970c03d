import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { SophiaError } from "../core/errors.ts";
import type { Sealed } from "../storage/connections.ts";

/** What was sealed cannot be opened: with other keys, in another place, or not as it was. */
export class SealError extends SophiaError {
  override name = "SealError";
}

/** What a secret belongs to, such as team, person and service: it opens with the same words alone. */
export type SealContext = readonly string[];

export interface Sealer {
  seal(secret: string, context: SealContext): Sealed;
  /** Throws SealError. */
  open(sealed: Sealed, context: SealContext): string;
}

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM with a new random nonce for each secret. The first key seals; all of them open what they sealed. */
export function createSealer(keys: readonly Buffer[]): Sealer {
  const byId = new Map(keys.map((key) => [keyIdOf(key), key]));
  return {
    seal: (secret, context) => {
      const [first] = keys;
      if (!first) throw new SealError("There is no key to seal with. Set SOPHIA_SECRET_KEY.");
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", first, nonce).setAAD(associated(context));
      const body = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      const sealed = Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
      return { keyId: keyIdOf(first), sealed };
    },
    open: ({ keyId, sealed }, context) => {
      const key = byId.get(keyId);
      if (!key) {
        throw new SealError(`A secret is sealed with the key ${keyId}, which is not among those of SOPHIA_SECRET_KEY.`);
      }
      return open(Buffer.from(sealed, "base64"), key, context);
    },
  };
}

function open(bytes: Buffer, key: Buffer, context: SealContext): string {
  const nonce = bytes.subarray(0, nonceBytes);
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(associated(context)).setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new SealError("A secret is not as it was sealed, or belongs elsewhere.", { cause });
  }
}

/** Unlike a text joined by some character, this is another for each list of words. */
function associated(context: SealContext): Buffer {
  return Buffer.from(JSON.stringify(context));
}

/** Says which key it is, and nothing of the key. */
function keyIdOf(key: Buffer): string {
  return createHash("sha256").update("sophia secret key ").update(key).digest("hex").slice(0, 12);
}
