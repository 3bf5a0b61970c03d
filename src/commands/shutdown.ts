/**
 * Resolves at the first SIGINT or SIGTERM from this call on; a second one ends the process at once. Called before it is
 * said that all is ready: who reads that may ask for the end in the next moment.
 */
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
