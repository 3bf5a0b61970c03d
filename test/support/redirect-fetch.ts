/**
 * Preloaded (`node --import`) into a program that knows its vendor's address by heart: what it fetches from REDIRECT_FROM
 * goes to REDIRECT_TO instead.
 */
const { REDIRECT_FROM: from = "", REDIRECT_TO: to = "" } = process.env;
const original = globalThis.fetch;

globalThis.fetch = (input, init) => {
  const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
  return original(url.startsWith(from) ? url.replace(from, to) : input, init);
};
