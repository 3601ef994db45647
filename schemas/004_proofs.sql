-- What a source's completeness is worth: why its silence says nothing, and what it rests on where that is less than proof.
ALTER TABLE barriers ADD COLUMN IF NOT EXISTS `proofs.vacuous` Array(String) AFTER `proofs.reason`;
ALTER TABLE barriers ADD COLUMN IF NOT EXISTS `proofs.sampled` Array(String) AFTER `proofs.vacuous`;

CREATE OR REPLACE VIEW proofs AS
SELECT run, test, barrier, seq, source, service, kind, complete, events, lost, position, proof_reason AS reason, vacuous, sampled
FROM (SELECT run, test, barrier, seq, proofs.source, proofs.service, proofs.kind, proofs.complete, proofs.events, proofs.lost,
          proofs.position, proofs.reason, proofs.vacuous, proofs.sampled
      FROM barriers FINAL)
ARRAY JOIN `proofs.source` AS source, `proofs.service` AS service, `proofs.kind` AS kind, `proofs.complete` AS complete,
    `proofs.events` AS events, `proofs.lost` AS lost, `proofs.position` AS position, `proofs.reason` AS proof_reason,
    `proofs.vacuous` AS vacuous, `proofs.sampled` AS sampled;

-- The last word of each source of a test: sources that left before the last barrier keep theirs.
CREATE OR REPLACE VIEW last_proofs AS
SELECT run, test, source, argMax(tuple(service, kind, complete, events, lost, position, reason, vacuous, sampled), barrier) AS last
FROM proofs
GROUP BY run, test, source;
