/** What the driver is told of statements. */
import type { Row } from "./encode.ts";
import type { Query } from "./queries.ts";
import { refusal } from "./errors.ts";

export interface ChunkPlan {
  /** Rows that come with the answer itself. */
  inlineRows: number;
  /** Rows of each further piece. */
  chunkRows: number;
  /** Where the piece from this row on can be fetched. */
  urlOf: (query: Query, start: number) => string;
}

/** Of a statement that has come to an end. */
export function answerOf(query: Query, plan: ChunkPlan): Record<string, unknown> {
  if (query.error) return refusal(query.error, query.id);
  const { table, type } = query.outcome ?? { table: { columns: [], rows: [] }, type: 0 };
  const { session, parameters, parts } = query;
  const rows = returnedRows(query);
  const data = {
    parameters: parameters.list(),
    rowtype: table.columns,
    rowset: rows.slice(0, plan.inlineRows),
    ...chunksOf(query, rows.length, plan),
    total: table.rows.length,
    returned: rows.length,
    queryId: query.id,
    databaseProvider: null,
    finalDatabaseName: session.database ?? null,
    finalSchemaName: session.schema ?? null,
    finalWarehouseName: session.warehouse ?? null,
    finalRoleName: session.role,
    numberOfBinds: 0,
    arrayBindSupported: false,
    statementTypeId: type,
    version: 1,
    queryResultFormat: "json",
    queryContext: { entries: [] },
    ...(parts.length > 0 && {
      resultIds: parts.map((part) => part.id).join(","),
      resultTypes: parts.map((part) => part.outcome?.type ?? 0).join(","),
    }),
  };
  return { data, code: null, message: null, success: true };
}

/** The rows of its result as far as its client wants them. */
export function returnedRows({ outcome, parameters }: Query): Row[] {
  const most = parameters.number("ROWS_PER_RESULTSET");
  const rows = outcome?.table.rows ?? [];
  return most > 0 ? rows.slice(0, most) : rows;
}

function chunksOf(query: Query, count: number, { inlineRows, chunkRows, urlOf }: ChunkPlan): Record<string, unknown> {
  const chunks = [];
  for (let start = inlineRows; start < count; start += chunkRows) {
    const rowCount = Math.min(chunkRows, count - start);
    chunks.push({ url: urlOf(query, start), rowCount, uncompressedSize: rowCount * 64, compressedSize: rowCount * 16 });
  }
  return chunks.length > 0 ? { chunks, chunkHeaders: { "x-amz-server-side-encryption": "AES256" } } : {};
}

/** Of a statement that is still running: where to ask for its result. `isDetached`: the client said not to wait. */
export function inProgress(query: Query, isDetached: boolean): Record<string, unknown> {
  const data = {
    queryId: query.id,
    getResultUrl: `/queries/${query.id}/result`,
    queryAbortsAfterSecs: 300,
    progressDesc: null,
  };
  return isDetached
    ? { data, code: "333334", message: "Query execution in progress (async).", success: true }
    : { data, code: "333333", message: "Query execution in progress.", success: true };
}

/** As the monitoring of statements lists one. */
export function monitored(query: Query): Record<string, unknown> {
  const { error, session } = query;
  return {
    id: query.id,
    status: query.status,
    state: query.status,
    sqlText: query.sqlText,
    startTime: query.startedAt,
    endTime: query.endedAt ?? 0,
    totalDuration: (query.endedAt ?? query.startedAt) - query.startedAt,
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
    sessionId: session.id,
    userName: session.user.name,
    roleName: query.role,
    warehouseName: session.warehouse ?? null,
    queryTag: query.tag,
    stats: {},
  };
}
