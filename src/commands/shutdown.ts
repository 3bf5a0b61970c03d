/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function shutdownRequested(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const listen = (signal: NodeJS.Signals): void => {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve(signal);
      });
    };
    listen("SIGINT");
    listen("SIGTERM");
  });
}
