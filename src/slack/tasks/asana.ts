import type { ListenerContext } from "../listeners/context.ts";

export const noAsana = "Asana is not connected here, so I can make no tasks. Ask whoever runs me.";

export function hasAsana({ services }: Pick<ListenerContext, "services">): boolean {
  return services().some(({ server, offered }) => server === "asana" && offered);
}
