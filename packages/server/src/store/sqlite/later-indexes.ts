/**
 * Brings what traces are compared by into the indexes, so that a list or a count reads the wide rows only of what it shows:
 * in the order of their starts, and by their keys, for counts that start from a text. Released: it is never changed.
 */
export const TRACE_NUMBER_INDEXES = `
  DROP INDEX traces_by_start;
  CREATE INDEX traces_by_start ON traces (project_id, start_ms, trace_id,
    end_ms, input_tokens, output_tokens, total_tokens, cost_nano, error_count);
  CREATE INDEX traces_by_number ON traces (project_id, trace_key,
    start_ms, end_ms, trace_id, input_tokens, output_tokens, total_tokens, cost_nano, error_count);
`;

/**
 * Brings an index for each field that scores and comments are narrowed by, in the order in which they are listed, and one that has
 * all these fields, for what too many have. Released: it is never changed.
 */
export const ANNOTATION_INDEXES = `
  ALTER TABLE annotations ADD COLUMN origin TEXT;
  ALTER TABLE annotations ADD COLUMN data_type TEXT;
  ALTER TABLE annotations ADD COLUMN environment TEXT;
  ALTER TABLE annotations ADD COLUMN author TEXT;
  UPDATE annotations SET
    origin = json_extract(annotation, '$.origin'),
    data_type = json_extract(annotation, '$.dataType'),
    environment = coalesce(json_extract(annotation, '$.environment'), 'default'),
    author = json_extract(annotation, '$.authorUserId');
  DROP INDEX annotations_by_time;
  CREATE INDEX annotations_in_order ON annotations (project_id, kind, time_ms DESC, annotation_id,
    name, origin, data_type, environment, author, value, string_value, session_id, trace_id, observation_id);
  CREATE INDEX annotations_by_name ON annotations (project_id, kind, name, time_ms DESC, annotation_id);
  CREATE INDEX annotations_by_origin ON annotations (project_id, kind, origin, time_ms DESC, annotation_id);
  CREATE INDEX annotations_by_data_type ON annotations (project_id, kind, data_type, time_ms DESC, annotation_id);
  CREATE INDEX annotations_by_environment ON annotations (project_id, kind, environment, time_ms DESC, annotation_id);
  CREATE INDEX annotations_by_author ON annotations (project_id, kind, author, time_ms DESC, annotation_id)
    WHERE author IS NOT NULL;
  CREATE INDEX annotations_by_text ON annotations (project_id, kind, string_value, time_ms DESC, annotation_id)
    WHERE string_value IS NOT NULL;
  CREATE INDEX annotations_on_session ON annotations (project_id, kind, session_id, time_ms DESC, annotation_id)
    WHERE session_id IS NOT NULL;
  CREATE INDEX annotations_on_trace ON annotations (project_id, kind, trace_id, time_ms DESC, annotation_id)
    WHERE trace_id IS NOT NULL;
  CREATE INDEX annotations_on_observation ON annotations (project_id, kind, observation_id, time_ms DESC, annotation_id)
    WHERE observation_id IS NOT NULL;
`;

/**
 * Brings references from what search shows to contents, so that a text is not stored twice: a JSON array of keys, as a recipe has them.
 * Digests that are there keep their texts. Released: it is never changed.
 */
export const REFERENCES_OF_DIGESTS = `
  ALTER TABLE trace_digests ADD COLUMN content_keys TEXT;
`;

/**
 * Brings the response ids of model calls, by which a request that was recorded twice is counted once, and what of a call's usage is
 * counted with another record. Calls that are there have no id and are counted as before. Released: it is never changed.
 */
export const RESPONSE_IDS = `
  ALTER TABLE observations ADD COLUMN response_id TEXT;
  ALTER TABLE observations ADD COLUMN counted_elsewhere INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX observations_by_response ON observations (trace_key, response_id) WHERE response_id IS NOT NULL;
`;

/**
 * Brings how much is known of the tokens of the calls below an observation. What has calls within calls was counted by another rule.
 * Released: it is never changed.
 */
export const DETAIL_OF_CALLS = `
  ALTER TABLE gathered_usage ADD COLUMN detail_tokens INTEGER NOT NULL DEFAULT 0;
  UPDATE traces SET needs_recount = 1 WHERE trace_key IN (SELECT trace_key FROM gathered_usage);
`;
