-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Views for DuckDB on connections.ndjson, the output of examples/every_capture: `connections` has one
-- row for each connection, `subflows` one for each subflow.
--
--   duckdb -init examples/connections.sql
--   duckdb -csv -init examples/connections.sql -c 'FROM by_state'

CREATE VIEW connections AS
SELECT file, connection.*
FROM (SELECT file, unnest(connections) AS connection
      FROM read_ndjson('connections.ndjson', maximum_object_size = 1000000000, sample_size = -1));

CREATE VIEW subflows AS
SELECT file, conn, subflow.*
FROM (SELECT file, conn, unnest(subflows) AS subflow FROM connections);

-- Connections and their payload by final state.
CREATE VIEW by_state AS
SELECT state, count(*)::BIGINT AS connections, sum(payload.client + payload.server)::BIGINT AS payload
FROM connections GROUP BY state ORDER BY state;

-- Failed joins by the event that ended them.
CREATE VIEW failed_joins AS
SELECT "end".how AS how, "end".reason_in_words AS reason, count(*)::BIGINT AS joins
FROM subflows WHERE kind = 'join' AND state IN ('refused', 'unanswered', 'half-open')
GROUP BY ALL ORDER BY ALL;
