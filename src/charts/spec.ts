/** A chart as data: what is drawn, and what its alt text says. */
export interface ChartSpec {
  title: string;
  /** Several series of bars stand side by side. */
  kind: "bar" | "line";
  /** Along the axis, in order. */
  categories: readonly string[];
  series: readonly ChartSeries[];
  /** Of the figures, such as `USD`; empty where they count something. */
  unit: string;
}

export interface ChartSeries {
  name: string;
  /** One for each category; null where there is none. */
  values: readonly (number | null)[];
}

/** What a chart of 960 pixels shows so that it can be read. */
export const chartLimits = {
  titleLength: 150,
  categories: 24,
  categoryLength: 80,
  series: 4,
  nameLength: 80,
  unitLength: 20,
  /** Above this neighbouring figures are not told apart any more. */
  magnitude: 1e15,
} as const;
