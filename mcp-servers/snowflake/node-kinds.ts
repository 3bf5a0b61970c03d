/**
 * The kinds of nodes that a read is made of, as @polyglot-sql/sdk 0.12.1 names them. It knows 926; whatever is not here is
 * refused: statements, stages, SELECT INTO, locks, and kinds that a later version may add.
 */
const structure = `
alias all and any between boolean case cast collation column concat data_type div dot eq except exists from function gt gte
i_like identifier in intersect interval is is_false is_null is_true j_s_o_n_extract joined_table lambda lateral like literal
lt lte match_recognize mod mul named_argument neg neq not null null_safe_eq null_safe_neq or order_by ordered parameter paren
pivot pivot_any prior select star sub subquery subscript table try_cast tuple union unpivot values var window_function
within_group add array map_func array_func regexp_like filter`;

/** Functions that have a kind of their own. What they are called is checked as well, in the text. */
const functions = `
abs acos add_months aggregate_function any_value approx_count_distinct array_agg array_append array_compact array_contains
array_distinct array_except array_position array_prepend array_remove array_reverse array_size asin atan atan2 avg
bitwise_and_agg bitwise_or_agg bitwise_xor_agg ceil coalesce contains cos count count_if cume_dist current_date current_time
current_timestamp current_schemas date_diff date_add date_trunc day day_of_month day_of_week day_of_week_iso day_of_year degrees
dense_rank ends_with exp extract first first_value floor grouping hour if_func initcap lag last last_day last_value lead length
list_agg ln log lower map_contains_key map_keys max median min minute mod_func mode month months_between n_tile next_day nth_value
nvl nvl2 parse_json percent_rank percentile_cont percentile_disc power quarter radians rand random rank replace reverse row_number
second sin sqrt starts_with stddev stddev_pop stddev_samp str_position string_agg substring sum tan to_json to_number trim typeof
upper var_pop var_samp variance week_of_year year`;

/** What nodes hold besides other nodes. None of these is the name of a kind that does something. */
const fields = `
alias alias_explicit_as alias_first alias_keyword all args base body bracket_notation by_name characters collation column
column_aliases columns condition connect count ctes curly_brace_syntax data_type decimals default define desc direction distinct
double_colon_syntax else_ end end_side_text escape except explicit_method expression expressions false_value fetch field fields
filter format frame from group_by having high ignore_nulls include_nulls index integer_spelling joins keys kind kind_text lateral left
length limit line literal_type low lower match_condition materialized measures method method_before_size name name_column natural
nesting_group no_parens nocycle not nulls_first num_buckets offset on op operand order_by original_name over parameters
partition_by pattern percent position precision prefix qualify quantifier query quoted recursive rename replace right rollup rows
rows_per_match after safe scale schema seed separator size span spec star start start_side_text style sub subquery substr table
table_sample target this this_alias to top true_value unit unit_after_size unpivot upper use_outer_keyword use_sample_keyword
use_seed_keyword use_inner_keyword explicit_asc timezone using value value_column values variant_extract when whens where_clause window_name windows with with_ties
Custom Preceding Following catalog cube grouping_sets seconds is_percent suppress_method_output modifiers_inside corresponding`;

const set = (...lists: string[]): ReadonlySet<string> => new Set(lists.flatMap((list) => list.trim().split(/\s+/)));

export const nodeKinds = set(structure, functions);
export const nodeFields = set(fields);
