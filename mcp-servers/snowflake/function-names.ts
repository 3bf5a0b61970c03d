/**
 * The functions that a statement may call: what Snowflake documents as built in and what only computes. Not among them, on
 * purpose: SYSTEM$..., whatever reads other people's results or history (RESULT_SCAN, LAST_QUERY_ID, QUERY_HISTORY), files
 * and stages (GET_PRESIGNED_URL, INFER_SCHEMA, TO_FILE), SQL that is made at run time (TO_QUERY, IDENTIFIER), session
 * variables (GETVARIABLE), keys (ENCRYPT), and models that cost by the word (AI_..., CORTEX). A function of the
 * company's own is unknown here: nobody can tell from its name what it does.
 * Source: docs.snowflake.com/en/sql-reference/functions-all.
 */
const aggregateAndWindow = `
any_value approx_count_distinct approx_percentile approx_percentile_accumulate approx_percentile_combine
approx_percentile_estimate approx_top_k approx_top_k_accumulate approx_top_k_combine approx_top_k_estimate
approximate_jaccard_index approximate_similarity array_agg array_unique_agg array_union_agg avg bitand_agg bit_and_agg
bit_andagg bitandagg bitor_agg bit_or_agg bit_oragg bitoragg bitxor_agg bit_xor_agg bit_xoragg bitxoragg bitmap_bit_position
bitmap_bucket_number bitmap_construct_agg bitmap_count bitmap_or_agg booland_agg boolor_agg boolxor_agg conditional_change_event
conditional_true_event corr count count_if covar_pop covar_samp cume_dist dense_rank first_value grouping grouping_id hash_agg
hll hll_accumulate hll_combine hll_estimate hll_export hll_import interpolate_bfill interpolate_ffill interpolate_linear
kurtosis lag last_value lead listagg max max_by median min min_by minhash minhash_combine mode nth_value ntile object_agg
percent_rank percentile_cont percentile_disc rank ratio_to_report regr_avgx regr_avgy regr_count regr_intercept regr_r2
regr_slope regr_sxx regr_sxy regr_syy regr_valx regr_valy row_number skew stddev stddev_pop stddev_samp string_agg sum
var_pop var_samp variance variance_pop variance_samp first last match_number match_sequence_number classifier`;

const conditional = `
booland boolnot boolor boolxor coalesce decode equal_null greatest greatest_ignore_nulls iff ifnull is_null_value
least least_ignore_nulls nullif nullifzero nvl nvl2 regr_valx zeroifnull`;

const numeric = `
abs acos acosh asin asinh atan atan2 atanh bitand bit_and bitcount bitnot bit_not bitor bit_or bitshiftleft bit_shiftleft
bitshiftright bit_shiftright bitxor bit_xor cbrt ceil ceiling cos cosh cot degrees div0 div0null exp factorial floor haversine
ln log mod pi pow power radians round sign sin sinh sqrt square tan tanh trunc truncate width_bucket getbit
normal randstr random uniform zipf seq1 seq2 seq4 seq8 uuid_string
vector_cosine_similarity vector_inner_product vector_l1_distance vector_l2_distance`;

const textual = `
ascii base64_decode_binary base64_decode_string base64_encode bit_length charindex char chr collate collation compress concat
concat_ws contains decompress_binary decompress_string editdistance endswith hash hex_decode_binary hex_decode_string hex_encode
ilike initcap jarowinkler_similarity left len length like lower lpad ltrim md5 md5_binary md5_hex md5_number_lower64
md5_number_upper64 octet_length parse_ip parse_url position regexp_count regexp_extract_all regexp_instr regexp_like
regexp_replace regexp_substr regexp_substr_all repeat replace reverse right rlike rpad rtrim rtrimmed_length sha1 sha1_binary
sha1_hex sha2 sha2_binary sha2_hex soundex soundex_p123 space split split_part startswith strtok strtok_to_array substr
substring translate trim try_base64_decode_binary try_base64_decode_string try_hex_decode_binary try_hex_decode_string
unicode upper`;

const temporal = `
add_months convert_timezone current_date current_time current_timestamp date date_from_parts date_part date_trunc dateadd
datediff datefromparts day dayname dayofmonth dayofweek dayofweekiso dayofweek_iso dayofyear extract getdate hour last_day
localtime localtimestamp minute month monthname months_between next_day previous_day quarter second sysdate systimestamp time
time_from_parts time_slice timeadd timediff timefromparts timestamp_from_parts timestamp_ltz_from_parts
timestamp_ntz_from_parts timestamp_tz_from_parts timestampadd timestampdiff timestampfromparts trunc week weekiso week_iso
weekofyear year yearofweek yearofweekiso`;

const conversion = `
as_array as_binary as_boolean as_char as_date as_decimal as_double as_integer as_number as_object as_real as_time
as_timestamp_ltz as_timestamp_ntz as_timestamp_tz as_varchar check_json check_xml is_array is_binary is_boolean is_char
is_date is_date_value is_decimal is_double is_integer is_object is_real is_time is_timestamp_ltz is_timestamp_ntz
is_timestamp_tz is_varchar parse_json parse_xml strip_null_value to_array to_binary to_boolean to_char to_date to_decimal
to_double to_geography to_geometry to_json to_number to_numeric to_object to_time to_timestamp to_timestamp_ltz
to_timestamp_ntz to_timestamp_tz to_varchar to_variant to_xml try_parse_json try_to_binary try_to_boolean
try_to_date try_to_decimal try_to_double try_to_geography try_to_geometry try_to_number try_to_numeric try_to_time
try_to_timestamp try_to_timestamp_ltz try_to_timestamp_ntz try_to_timestamp_tz typeof xmlget`;

const semiStructured = `
array_append array_cat array_compact array_construct array_construct_compact array_contains array_distinct array_except
array_flatten array_generate_range array_insert array_intersection array_max array_min array_position array_prepend
array_remove array_remove_at array_reverse array_size array_slice array_sort array_to_string arrays_overlap arrays_to_object
arrays_zip filter get get_ignore_case get_path json_extract_path_text map_cat map_contains_key map_delete map_insert map_keys
map_pick map_size object_construct object_construct_keep_null object_delete object_insert object_keys object_pick reduce transform`;

const geospatial = `
h3_cell_to_boundary h3_cell_to_children h3_cell_to_parent h3_cell_to_point h3_get_resolution h3_grid_distance h3_latlng_to_cell
h3_latlng_to_cell_string h3_point_to_cell h3_point_to_cell_string h3_string_to_int h3_int_to_string st_area st_asgeojson st_astext
st_aswkt st_aswkb st_azimuth st_buffer st_centroid st_contains st_covers st_coveredby st_difference st_dimension st_disjoint
st_distance st_dwithin st_endpoint st_envelope st_geogfromtext st_geohash st_geometryfromtext st_hausdorffdistance
st_intersection st_intersects st_isvalid st_length st_makeline st_makepoint st_makepolygon st_npoints st_numpoints st_perimeter
st_point st_pointn st_simplify st_srid st_startpoint st_symdifference st_transform st_union st_within st_x st_xmax st_xmin st_y
st_ymax st_ymin`;

/** Who and where; nothing here that another session's or person's doings could be read from. */
const context = `
current_account current_account_name current_available_roles current_client current_database current_organization_name current_region
current_role current_role_type current_schema current_schemas current_secondary_roles current_user current_version
current_warehouse invoker_role invoker_share is_database_role_in_session is_role_in_session sys_connect_by_path`;

const names = (...lists: string[]) => new Set(lists.flatMap((list) => list.trim().split(/\s+/)));

/** In lower case. */
export const scalarFunctions: ReadonlySet<string> = new Set([
  ...names(
    aggregateAndWindow,
    conditional,
    numeric,
    textual,
    temporal,
    conversion,
    semiStructured,
    geospatial,
    context,
  ),
  // What the parser takes for functions in GROUP BY.
  "cube",
  "rollup",
  "grouping sets",
]);

/** What may stand in FROM, alone after LATERAL or inside TABLE(...). */
export const tableFunctions: ReadonlySet<string> = names("flatten split_to_table strtok_split_to_table generator");

/**
 * What stands before a parenthesis without being a function: keywords of a query, and types with their sizes. A name in
 * front of a parenthesis that is in no list of this file is refused, whatever the parser made of it.
 */
export const wordsBeforeParenthesis: ReadonlySet<string> = names(`
  all and any array as asof at before between binary by case cast char character condition connect cross cube date dec decimal
  define distinct else except exclude exists fetch filter first for from group grouping having if ilike in include inner int integer
  intersect interval is join lateral left like limit map match_condition match_recognize measures minus natural nchar not
  number numeric nvarchar object offset on or order outer over partition pattern permute pivot prior qualify rename
  repeatable replace right rlike regexp rollup row rows sample seed select sets some start string table tablesample text then time timestamp try_cast
  timestamp_ltz timestamp_ntz timestamp_tz timestampltz timestampntz timestamptz top union unpivot using value values varbinary varchar
  variant vector when where with within window system bernoulli block`);
