import { altText } from "../charts/alt-text.ts";
import { renderChart } from "../charts/render-chart.ts";
import type { Logger } from "../observability/log.ts";
import { chartsOf } from "./draw-chart.ts";
import type { Reply, Step } from "./ports.ts";
import { queriesOf } from "./queries.ts";

/** Slack takes no longer title of an image. */
const titleLength = 200;

interface Below {
  turnId: string;
  reply: Reply;
  steps: readonly Step[];
  /** Takes out of a text what may not be pressed. */
  safe: (text: string) => string;
  logger: Logger;
}

/**
 * Puts below a whole answer what belongs to its steps: the charts that were drawn, and a button where a query gave its figures.
 * Resolves with what the person is to be told of charts that are not there.
 */
export async function showBelow({ turnId, reply, steps, safe, logger }: Below): Promise<string[]> {
  const undrawn: string[] = [];
  for (const chart of chartsOf(steps)) {
    try {
      const png = await renderChart(chart);
      reply.image({ png, title: safe(chart.title).trim().slice(0, titleLength), alt: safe(altText(chart)) });
    } catch (error) {
      logger.error({ turn: turnId, err: error }, "A chart could not be drawn");
      undrawn.push(`The chart "${safe(chart.title)}" could not be drawn.`);
    }
  }
  if (queriesOf(steps).length > 0) {
    reply.buttons([{ action: "sophia_show_query", label: "Show the query", value: turnId }]);
  }
  return undrawn;
}
