import { randomUUID } from "node:crypto";

/** Makes a new unique id, such as `turn_0d4c...`; a parameter wherever a test must know the id beforehand. */
export type NewId = (prefix: string) => string;

export const randomId: NewId = (prefix) => `${prefix}_${randomUUID().replaceAll("-", "")}`;
