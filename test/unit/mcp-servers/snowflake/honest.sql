SELECT 1

select 42 as answer, 'text' as words, null as nothing, true as yes

SELECT * FROM accounts LIMIT 10

SELECT a.name, a.industry FROM accounts a WHERE a.region = 'EMEA' ORDER BY a.name

SELECT COUNT(*) FROM deals

SELECT COUNT(DISTINCT account_id) AS accounts FROM deals WHERE stage <> 'Closed Lost'

SELECT stage, SUM(amount) AS total, AVG(amount) AS mean, MIN(amount), MAX(amount) FROM deals GROUP BY stage HAVING SUM(amount) > 1000 ORDER BY total DESC NULLS LAST

SELECT d.name, a.name AS account FROM deals AS d JOIN accounts AS a ON a.id = d.account_id

SELECT a.name, d.name FROM accounts a LEFT OUTER JOIN deals d ON d.account_id = a.id WHERE d.id IS NULL

SELECT * FROM accounts a FULL OUTER JOIN deals d ON a.id = d.account_id

SELECT * FROM accounts a CROSS JOIN (SELECT 1 AS one) x

SELECT * FROM accounts JOIN deals USING (account_id)

SELECT * FROM accounts NATURAL JOIN deals

WITH won AS (SELECT * FROM deals WHERE stage = 'Closed Won') SELECT COUNT(*) FROM won

WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a, b

WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10) SELECT n FROM numbers

WITH RECURSIVE months AS (SELECT DATE '2026-01-01' AS m UNION ALL SELECT DATEADD(month, 1, m) FROM months WHERE m < DATE '2026-12-01') SELECT m FROM months

SELECT name, ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY amount DESC) AS place FROM deals

SELECT name, amount, RANK() OVER (ORDER BY amount DESC) r, DENSE_RANK() OVER (ORDER BY amount DESC) dr, PERCENT_RANK() OVER (ORDER BY amount) pr, CUME_DIST() OVER (ORDER BY amount) cd, NTILE(4) OVER (ORDER BY amount) q FROM deals

SELECT month, revenue, SUM(revenue) OVER (ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running FROM revenue_by_month

SELECT month, revenue, AVG(revenue) OVER (ORDER BY month ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving FROM revenue_by_month

SELECT month, revenue - LAG(revenue, 1, 0) OVER (PARTITION BY account_id ORDER BY month) AS change, LEAD(revenue) OVER (PARTITION BY account_id ORDER BY month) AS next FROM revenue_by_month

SELECT FIRST_VALUE(name) OVER (PARTITION BY stage ORDER BY amount DESC) AS biggest, LAST_VALUE(name) OVER (PARTITION BY stage ORDER BY amount DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS smallest, NTH_VALUE(name, 2) OVER (PARTITION BY stage ORDER BY amount DESC) AS second FROM deals

SELECT FIRST_VALUE(name IGNORE NULLS) OVER (ORDER BY amount) FROM deals

SELECT RATIO_TO_REPORT(amount) OVER (PARTITION BY stage) AS share FROM deals

SELECT name, amount FROM deals QUALIFY ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY amount DESC) = 1

SELECT account_id, SUM(revenue) AS total FROM revenue_by_month GROUP BY account_id QUALIFY RANK() OVER (ORDER BY total DESC) <= 5

SELECT CONDITIONAL_TRUE_EVENT(amount > 10) OVER (ORDER BY close_date) AS run FROM deals

SELECT region, stage, SUM(amount) FROM deals GROUP BY CUBE (region, stage)

SELECT region, stage, SUM(amount) FROM deals GROUP BY ROLLUP (region, stage)

SELECT region, stage, SUM(amount), GROUPING(region), GROUPING_ID(region, stage) FROM deals GROUP BY GROUPING SETS ((region, stage), (region), ())

SELECT stage, COUNT(*) FROM deals GROUP BY ALL

SELECT stage, COUNT(*) FROM deals GROUP BY 1 ORDER BY 2 DESC

SELECT DISTINCT stage FROM deals

SELECT * FROM (SELECT stage, region, amount FROM deals) PIVOT (SUM(amount) FOR region IN ('EMEA', 'AMER', 'APAC')) AS p

SELECT * FROM deals PIVOT (SUM(amount) FOR stage IN (ANY ORDER BY stage))

SELECT * FROM quarterly UNPIVOT (revenue FOR quarter IN (q1, q2, q3, q4))

SELECT * FROM quarterly UNPIVOT (revenue FOR quarter IN (q1, q2, q3, q4)) ORDER BY account_id

SELECT f.value::string AS tag FROM accounts a, LATERAL FLATTEN(input => a.tags) f

SELECT a.id, f.index, f.value:name::string AS name FROM accounts a, LATERAL FLATTEN(INPUT => a.payload:contacts, OUTER => TRUE) AS f

SELECT f.key, f.value FROM TABLE(FLATTEN(INPUT => PARSE_JSON('{"a": 1, "b": 2}'))) f

SELECT f.path, f.value FROM TABLE(FLATTEN(INPUT => PARSE_JSON('{"a": {"b": 2}}'), RECURSIVE => TRUE, MODE => 'OBJECT')) f

SELECT a.name, d.total FROM accounts a, LATERAL (SELECT SUM(amount) AS total FROM deals WHERE deals.account_id = a.id) d

SELECT t.value FROM accounts a, LATERAL SPLIT_TO_TABLE(a.tags, ',') t

SELECT t.value FROM TABLE(SPLIT_TO_TABLE('a,b,c', ',')) AS t

SELECT SEQ4() AS n, UNIFORM(1, 10, RANDOM()) AS r FROM TABLE(GENERATOR(ROWCOUNT => 10))

SELECT DATEADD(day, SEQ4(), '2026-01-01'::date) AS d FROM TABLE(GENERATOR(ROWCOUNT => 31))

SELECT * FROM stock MATCH_RECOGNIZE (PARTITION BY symbol ORDER BY day MEASURES FIRST(day) AS started, LAST(day) AS ended ONE ROW PER MATCH PATTERN (down+ up+) DEFINE down AS price < LAG(price), up AS price > LAG(price))

SELECT * FROM VALUES (1, 'a'), (2, 'b')

SELECT column1, column2 FROM VALUES (1, 'a'), (2, 'b') AS v

SELECT v.id, v.name FROM (VALUES (1, 'a'), (2, 'b')) AS v (id, name)

SELECT $1, $2 FROM VALUES (1, 'a'), (2, 'b')

SELECT id FROM accounts UNION SELECT account_id FROM deals

SELECT id FROM accounts UNION ALL SELECT account_id FROM deals ORDER BY 1 LIMIT 5

SELECT id FROM accounts INTERSECT SELECT account_id FROM deals

SELECT id FROM accounts EXCEPT SELECT account_id FROM deals

SELECT id FROM accounts MINUS SELECT account_id FROM deals

(SELECT id FROM accounts) UNION ALL (SELECT account_id FROM deals)

SELECT id, name FROM accounts UNION ALL BY NAME SELECT id, name FROM deals

SELECT payload:customer.name::string AS customer FROM accounts

SELECT payload:items[0].price::number(10, 2) AS price FROM accounts

SELECT payload['customer']['name']::string FROM accounts

SELECT payload:"Customer Name"::varchar FROM accounts

SELECT GET_PATH(payload, 'customer.name'), GET(payload, 'customer'), payload:a.b.c IS NULL FROM accounts

SELECT * FROM deals AT (TIMESTAMP => '2026-01-01 00:00:00'::timestamp)

SELECT * FROM deals AT (OFFSET => -60*5)

SELECT * FROM deals BEFORE (STATEMENT => '8e5d0ca9-005e-44e6-b858-a8f5b37c5726')

SELECT * FROM deals SAMPLE (10)

SELECT * FROM deals TABLESAMPLE BERNOULLI (20.3)

SELECT * FROM deals SAMPLE SYSTEM (3) SEED (82)

SELECT * FROM deals SAMPLE (10 ROWS)

SELECT name FROM accounts WHERE name ILIKE 'acme%'

SELECT name FROM accounts WHERE name ILIKE ANY ('acme%', '%inc')

SELECT name FROM accounts WHERE name LIKE ALL ('a%', '%c')

SELECT name FROM accounts WHERE name LIKE '50\\%' ESCAPE '\\'

SELECT name FROM accounts WHERE name RLIKE '^A.*' OR name REGEXP 'x+'

SELECT name FROM accounts WHERE REGEXP_LIKE(name, '^[A-Z]+$') AND CONTAINS(name, 'cme') AND STARTSWITH(name, 'A') AND ENDSWITH(name, 'e')

SELECT * FROM deals WHERE amount BETWEEN 100 AND 200 AND stage IN ('a', 'b') AND owner NOT IN ('x') AND NOT closed

SELECT * FROM deals WHERE (account_id, stage) IN (SELECT id, 'Won' FROM accounts)

SELECT * FROM accounts a WHERE EXISTS (SELECT 1 FROM deals d WHERE d.account_id = a.id AND d.amount > 50000)

SELECT * FROM deals WHERE amount > ALL (SELECT amount FROM deals WHERE stage = 'Lost')

SELECT * FROM deals WHERE amount > (SELECT AVG(amount) FROM deals)

SELECT name, (SELECT COUNT(*) FROM deals d WHERE d.account_id = a.id) AS deals FROM accounts a

SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b, EQUAL_NULL(a, b) FROM t

SELECT CASE WHEN amount > 100 THEN 'big' WHEN amount > 10 THEN 'middle' ELSE 'small' END FROM deals

SELECT CASE stage WHEN 'Won' THEN 1 ELSE 0 END, IFF(amount > 1, 'a', 'b'), DECODE(stage, 'Won', 1, 0), NVL(a, b), NVL2(a, b, c), IFNULL(a, 0), NULLIF(a, 0), ZEROIFNULL(a), NULLIFZERO(a), COALESCE(a, b, c), GREATEST(a, b), LEAST(a, b) FROM deals

SELECT CAST('1' AS INTEGER), TRY_CAST('x' AS INTEGER), '1'::int, '1.50'::decimal(10, 2), TRY_TO_NUMBER('1'), TRY_TO_DECIMAL('1.5', 10, 2), TO_NUMBER('12.3', 10, 1), TO_DOUBLE('1e3'), TO_VARCHAR(1), TO_CHAR(DATE '2026-01-01', 'YYYY-MM'), TO_BOOLEAN('yes')

SELECT DATE_TRUNC('month', close_date), DATE_TRUNC(quarter, close_date), DATEADD(day, 7, close_date), DATEDIFF(day, created_at, close_date), DATEDIFF('month', a, b), LAST_DAY(close_date), ADD_MONTHS(close_date, 3), MONTHS_BETWEEN(a, b) FROM deals

SELECT YEAR(d), MONTH(d), DAY(d), QUARTER(d), WEEK(d), WEEKISO(d), DAYOFWEEK(d), DAYOFYEAR(d), DAYNAME(d), MONTHNAME(d), HOUR(t), MINUTE(t), SECOND(t), EXTRACT(year FROM d), DATE_PART(epoch_second, t) FROM calendar

SELECT CURRENT_DATE, CURRENT_DATE(), CURRENT_TIMESTAMP(), CURRENT_TIMESTAMP, SYSDATE(), GETDATE(), CURRENT_TIME

SELECT TO_DATE('2026-01-31'), TO_DATE('31.01.2026', 'DD.MM.YYYY'), TRY_TO_DATE('x'), TO_TIMESTAMP('2026-01-01 10:00:00'), TO_TIMESTAMP_NTZ(1700000000), TO_TIMESTAMP_TZ('2026-01-01 10:00:00 +01:00'), CONVERT_TIMEZONE('UTC', 'America/New_York', created_at), CONVERT_TIMEZONE('Europe/Berlin', created_at), DATE_FROM_PARTS(2026, 1, 31), TIME_SLICE(created_at, 15, 'MINUTE'), NEXT_DAY(d, 'fr'), PREVIOUS_DAY(d, 'mo') FROM deals

SELECT created_at + INTERVAL '1 day', created_at - INTERVAL '2 hours, 3 minutes' FROM deals

SELECT * FROM deals WHERE close_date >= DATEADD('day', -14, CURRENT_DATE()) AND close_date < CURRENT_DATE()

SELECT stage, LISTAGG(name, ', ') WITHIN GROUP (ORDER BY name) AS names FROM deals GROUP BY stage

SELECT LISTAGG(DISTINCT stage, '|') WITHIN GROUP (ORDER BY stage) OVER (PARTITION BY region) FROM deals

SELECT ARRAY_AGG(name) WITHIN GROUP (ORDER BY amount DESC) AS names, ARRAY_AGG(DISTINCT stage) AS stages, OBJECT_AGG(name, amount::variant) AS by_name FROM deals

SELECT OBJECT_CONSTRUCT('name', name, 'amount', amount) AS o, OBJECT_CONSTRUCT(*) AS whole, ARRAY_CONSTRUCT(1, 2, 3) AS a FROM deals

SELECT OBJECT_KEYS(o), OBJECT_PICK(o, 'a'), OBJECT_DELETE(o, 'b'), OBJECT_INSERT(o, 'c', 1), ARRAY_SIZE(a), ARRAY_CONTAINS('x'::variant, a), ARRAY_TO_STRING(a, ','), ARRAY_SLICE(a, 0, 2), ARRAY_CAT(a, b), ARRAY_DISTINCT(a), ARRAY_SORT(a), ARRAY_COMPACT(a), ARRAYS_OVERLAP(a, b), ARRAY_INTERSECTION(a, b) FROM t

SELECT {'name': name, 'amount': amount} AS o, [1, 2, 3] AS a FROM deals

SELECT FILTER(a, x -> x > 1), TRANSFORM(a, x -> x * 2), REDUCE(a, 0, (acc, x) -> acc + x) FROM t

SELECT PARSE_JSON('{"a": [1, 2]}'):a[1]::int, TRY_PARSE_JSON('{'), TO_JSON(o), TYPEOF(v), IS_NULL_VALUE(v), IS_ARRAY(v), AS_INTEGER(v), STRIP_NULL_VALUE(v), CHECK_JSON(s) FROM t

SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) AS middle, PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY amount), MEDIAN(amount), MODE(stage), STDDEV(amount), VARIANCE(amount), APPROX_COUNT_DISTINCT(name), APPROX_PERCENTILE(amount, 0.5), CORR(a, b), ANY_VALUE(name), COUNT_IF(amount > 1), BOOLOR_AGG(closed), BITOR_AGG(flags), HASH_AGG(*), MIN_BY(name, amount), MAX_BY(name, amount), SKEW(amount), KURTOSIS(amount), REGR_SLOPE(y, x) FROM deals

SELECT UPPER(s), LOWER(s), INITCAP(s), TRIM(s), LTRIM(s), RTRIM(s, ' '), LENGTH(s), LEFT(s, 2), RIGHT(s, 2), SUBSTR(s, 1, 3), SUBSTRING(s, 2), REPLACE(s, 'a', 'b'), SPLIT(s, ','), SPLIT_PART(s, '-', 1), CONCAT(a, b), CONCAT_WS('-', a, b), LPAD(s, 5, '0'), RPAD(s, 5), REVERSE(s), REPEAT(s, 2), CHARINDEX('a', s), POSITION('a' IN s), TRANSLATE(s, 'ab', 'cd'), ASCII(s), CHR(65), MD5(s), SHA2(s, 256), HASH(s), BASE64_ENCODE(s), EDITDISTANCE(a, b), JAROWINKLER_SIMILARITY(a, b), SOUNDEX(s) FROM t

SELECT REGEXP_SUBSTR(s, '[0-9]+', 1, 1), REGEXP_REPLACE(s, '\\s+', ' '), REGEXP_COUNT(s, 'a'), REGEXP_INSTR(s, 'a'), REGEXP_SUBSTR_ALL(s, 'a.') FROM t

SELECT ABS(-1), CEIL(1.2), FLOOR(1.8), ROUND(1.256, 2), TRUNC(1.9), MOD(7, 3), 7 % 3, POWER(2, 10), SQRT(2), EXP(1), LN(2), LOG(10, 100), SIGN(-3), PI(), DIV0(1, 0), DIV0NULL(1, 0), SQUARE(3), WIDTH_BUCKET(5, 0, 10, 5), BITAND(1, 3), BITOR(1, 2), BITXOR(1, 3), BITSHIFTLEFT(1, 3), HAVERSINE(1, 2, 3, 4), RANDOM(), UUID_STRING()

SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA(), CURRENT_WAREHOUSE(), CURRENT_VERSION(), CURRENT_ACCOUNT(), CURRENT_REGION()

SELECT * EXCLUDE (payload) FROM accounts

SELECT * EXCLUDE payload RENAME (name AS account_name) FROM accounts

SELECT * REPLACE (UPPER(name) AS name) FROM accounts

SELECT a.*, d.amount FROM accounts a JOIN deals d ON d.account_id = a.id

SELECT TOP 10 name FROM accounts ORDER BY name

SELECT name FROM accounts ORDER BY name LIMIT 10 OFFSET 20

SELECT name FROM accounts ORDER BY name OFFSET 5 ROWS FETCH FIRST 10 ROWS ONLY

SELECT t.symbol, q.price FROM trades t ASOF JOIN quotes q MATCH_CONDITION (t.at >= q.at) ON t.symbol = q.symbol

SELECT employee, manager, LEVEL FROM staff START WITH title = 'President' CONNECT BY manager_id = PRIOR employee_id

SELECT SYS_CONNECT_BY_PATH(title, ' -> ') FROM staff START WITH title = 'President' CONNECT BY manager_id = PRIOR employee_id

SELECT "Name", "Mixed Case", "with ""quotes""" FROM "Accounts"

SELECT "Größe" FROM accounts WHERE city = 'Zürich' OR city = '東京'

SELECT 'it''s' AS a, 'it\'s' AS b, 'a\\b' AS c, 'tab\there' AS d, $$dollar 'quoted' \ text$$ AS e

SELECT 'drop table accounts; -- not a comment /* nor this */' AS words

SELECT 'delete', "INSERT" FROM accounts

-- The weekly figures
SELECT /* the amount */ SUM(amount) // all of it
FROM deals -- of all stages

SELECT 1;

SELECT x'48656C6C6F'::binary, TO_BINARY('48', 'HEX'), HEX_ENCODE('a'), 1e3, .5, 1.5E-3, -1, +1

SELECT DATE'2026-01-01', TIMESTAMP '2026-01-01 00:00:00', TIME '10:00:00'

SELECT a || ' ' || b AS ab, a = b, a != b, a <> b, a <= b, a >= b, NOT a AND b OR c FROM t

SELECT table_name, row_count FROM information_schema.tables WHERE table_schema = 'SALES'

SELECT column_name, data_type FROM information_schema.columns

SELECT a.name AS "Account", SUM(r.revenue) AS "Revenue this year" FROM accounts a JOIN revenue_by_month r ON r.account_id = a.id WHERE r.month >= DATE_TRUNC('year', CURRENT_DATE()) GROUP BY a.name ORDER BY 2 DESC LIMIT 20

WITH monthly AS (SELECT account_id, DATE_TRUNC('month', month) AS m, SUM(revenue) AS r FROM revenue_by_month GROUP BY 1, 2), ranked AS (SELECT *, RANK() OVER (PARTITION BY m ORDER BY r DESC) AS place FROM monthly) SELECT m, account_id, r FROM ranked WHERE place <= 3 ORDER BY m, place

SELECT SUM(amount) FILTER (WHERE stage = 'Won') FROM deals

SELECT COUNT(*) OVER () AS total, name FROM accounts WINDOW w AS (PARTITION BY region)

SELECT amount AS call, stage AS copy, region AS comment, owner AS use, closed AS show FROM deals

SELECT o:set, o:update.delete FROM t

SELECT CEIL(DATEDIFF(day, '2026-01-01', '2026-02-01') / 7.0) AS weeks

SELECT BOOLAND(1, 0), BOOLOR(1, 0), BOOLNOT(1), BOOLXOR(1, 0), TO_VARIANT(1), TO_ARRAY(1), TO_OBJECT(v), COLLATE(s, 'de') FROM t

SELECT (a + b) * 2, a IS TRUE, b IS NOT FALSE, x[0].y, NOT (a OR b), (SELECT 1), -a, 5 BETWEEN 1 AND 2 FROM t

SELECT SUM(amount) OVER w FROM deals WINDOW w AS (PARTITION BY region ORDER BY close_date)

SELECT * FROM (accounts a JOIN deals d ON a.id = d.account_id) JOIN usage u ON u.account_id = a.id

WITH a AS (SELECT 1 AS x) (SELECT * FROM a) UNION ALL SELECT 2 ORDER BY 1 LIMIT 1

SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT id FROM accounts)))

SELECT COUNT(*) AS n, SUM(IFF(stage = 'Won', 1, 0)) / NULLIF(COUNT(*), 0) AS rate FROM deals

SELECT name FROM accounts WHERE tags IS NOT NULL AND ARRAY_CONTAINS('vip'::VARIANT, tags)

SELECT * FROM accounts a INNER JOIN LATERAL FLATTEN(INPUT => a.tags) f ON TRUE

SELECT MAX(amount) KEEP FROM deals

SELECT TO_TIMESTAMP_LTZ(1700000000), DATE_PART(weekday, d), DATEDIFF(week, a, b), TIMESTAMPADD(hour, 1, t), TIMESTAMPDIFF(minute, a, b) FROM calendar

SELECT id, amount::FLOAT, amount::NUMBER(38, 0), name::VARCHAR(10), payload::VARIANT, d::TIMESTAMP_TZ, tags::ARRAY FROM deals

SELECT * FROM accounts ORDER BY name COLLATE 'en-ci', region ASC NULLS FIRST
