-- One row an invocation; written when it starts and again when it ends (read with FINAL).
CREATE TABLE IF NOT EXISTS runs
(
    run String,
    started_at DateTime64(6, 'UTC'),
    state LowCardinality(String) COMMENT 'running or ended',
    spec String COMMENT 'path of the spec',
    seed Int64,
    flags String COMMENT 'JSON',
    files String COMMENT 'JSON: the spec and what it loads, path to hash',
    duration_ms Float64,
    passed UInt32,
    failed UInt32,
    inconclusive UInt32,
    errors UInt32,
    exit_code UInt8,
    written_at DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(written_at)
ORDER BY run;

-- One row a test; written when it starts and again when it is judged (read with FINAL).
CREATE TABLE IF NOT EXISTS tests
(
    run String,
    test String,
    position UInt32 COMMENT 'place among the tests of the run',
    name String,
    started_at DateTime64(6, 'UTC'),
    state LowCardinality(String) COMMENT 'running or ended',
    verdict LowCardinality(String) COMMENT 'passed, failed, inconclusive or error; empty while it runs',
    reason String,
    duration_ms Float64,
    details String COMMENT 'JSON: faults with their hits, whatever the report shows of the test as a whole',
    written_at DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(written_at)
ORDER BY (run, test);

-- One row a judgement: an assertion, an expectation, a monitor, a check for vacuity.
CREATE TABLE IF NOT EXISTS verdicts
(
    run String,
    test String,
    ordinal UInt32 COMMENT 'place among the judgements of the test',
    spec String COMMENT 'the spec that judged: that of the run, or of a later check',
    kind LowCardinality(String) COMMENT 'assert_never, assert_eventually, expect, monitor ...',
    verdict LowCardinality(String) COMMENT 'passed, failed, inconclusive or error',
    reason String,
    place String COMMENT 'file:line:column in the spec',
    barrier UInt32,
    seq UInt64 COMMENT 'events beyond it were not looked at',
    witness Array(UInt64) COMMENT 'seq of the events that decide',
    sql String COMMENT 'the query behind the judgement',
    details String COMMENT 'JSON',
    written_at DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(written_at)
ORDER BY (run, test, spec, ordinal);
