-- What the store holds for certain: every event of the test up to `seq` is stored once the row of its barrier is.
CREATE TABLE IF NOT EXISTS barriers
(
    run LowCardinality(String),
    test LowCardinality(String),
    barrier UInt32,
    seq UInt64 COMMENT 'the last event before the barrier, 0 when there is none',
    until_ns Int64 COMMENT 'the moment of the barrier, ns since the start of the test',
    reason LowCardinality(String) COMMENT 'judge, flow or final',
    day Date COMMENT 'the day on which the run started, UTC',
    proofs Nested
    (
        source String,
        service String,
        kind String,
        complete UInt8,
        events UInt64,
        lost Nullable(UInt64),
        position Nullable(Int64),
        reason String
    )
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (run, test, barrier);

-- What each source proved at each barrier.
CREATE VIEW IF NOT EXISTS proofs AS
SELECT run, test, barrier, seq, source, service, kind, complete, events, lost, position, proof_reason AS reason
FROM (SELECT run, test, barrier, seq, proofs.source, proofs.service, proofs.kind, proofs.complete, proofs.events, proofs.lost,
          proofs.position, proofs.reason
      FROM barriers FINAL)
ARRAY JOIN `proofs.source` AS source, `proofs.service` AS service, `proofs.kind` AS kind, `proofs.complete` AS complete,
    `proofs.events` AS events, `proofs.lost` AS lost, `proofs.position` AS position, `proofs.reason` AS proof_reason;

-- Each source of a test as its last barrier left it.
CREATE VIEW IF NOT EXISTS sources AS
SELECT run, test, source, any(service) AS service, any(kind) AS kind, min(complete) AS complete, argMax(events, barrier) AS events,
    argMax(tuple(lost), barrier).1 AS lost, argMax(tuple(position), barrier).1 AS position
FROM proofs
GROUP BY run, test, source;

-- Events known to be lost. `lost` is NULL where nobody knows how many.
CREATE VIEW IF NOT EXISTS gaps AS
SELECT run, test, seq, service, JSONExtractString(data, 'source') AS source, JSONExtractInt(data, 'from') AS from_ns,
    JSONExtractInt(data, 'to') AS until_ns, JSONExtract(data, 'count', 'Nullable(UInt64)') AS lost,
    JSONExtractString(data, 'reason') AS reason
FROM events
WHERE type = 'gap';
