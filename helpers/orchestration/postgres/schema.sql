-- A durable store. Each operation is one function, so one round trip and one transaction; each statement in a function
-- sees what was committed before it. Rows of `instances_queue` are always locked first, and in the order of their
-- instances, so that no two operations wait for each other.

-- Time is a port: what depends on it asks this function, and a test moves it ahead.
CREATE TABLE clock (ahead interval NOT NULL);
INSERT INTO clock VALUES ('0');
CREATE FUNCTION store_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp() + ahead FROM clock';

CREATE TABLE instances (
  instance text PRIMARY KEY,
  name text NOT NULL,
  version text NOT NULL,
  parent text,
  execution integer NOT NULL,        -- the current one
  custom_status text,
  custom_status_version integer NOT NULL DEFAULT 0
);
CREATE INDEX instances_parent ON instances (parent) WHERE parent IS NOT NULL;

CREATE TABLE executions (
  instance text,
  execution integer,
  status text NOT NULL DEFAULT 'running',
  output text,
  PRIMARY KEY (instance, execution)
);

CREATE TABLE history (
  instance text,
  execution integer,
  event integer,
  kind text NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (instance, execution, event)
);

-- One row for each instance that was ever sent a message: when it can next be fetched, and who has fetched it.
CREATE TABLE instances_queue (
  instance text PRIMARY KEY,
  available_at timestamptz NOT NULL DEFAULT 'infinity', -- when a message becomes visible or, if later, the lock ends
  token text,
  locked_until timestamptz,
  engine integer                     -- which the current execution needs
) WITH (fillfactor = 70);
CREATE INDEX instances_queue_available ON instances_queue (available_at);

CREATE TABLE messages (
  id bigint GENERATED ALWAYS AS IDENTITY, -- gives their order; nothing looks it up, so it has no index
  instance text NOT NULL,
  kind text NOT NULL,
  fields json NOT NULL,
  body text NOT NULL,
  visible_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  token text                         -- of the lock that it was fetched with
) WITH (fillfactor = 50);            -- a fetch changes the row in its place
CREATE INDEX messages_next ON messages (instance, visible_at);

-- What is sent at once has one number, so that nothing else comes between.
CREATE SEQUENCE work_batches;
CREATE TABLE work (
  batch bigint,
  place bigint,                      -- in its batch
  instance text NOT NULL,
  execution integer NOT NULL,
  activity integer NOT NULL,
  name text NOT NULL,
  body text NOT NULL,
  session text,
  tag text,
  visible_at timestamptz NOT NULL,   -- also the end of its lock, while it has one
  attempts integer NOT NULL DEFAULT 0,
  token text,
  PRIMARY KEY (batch, place)
) WITH (fillfactor = 70);
CREATE INDEX work_activity ON work (instance, execution, activity);
CREATE INDEX work_token ON work (token) WHERE token IS NOT NULL;

CREATE TABLE work_sessions (
  session text PRIMARY KEY,
  owner text NOT NULL,
  locked_until timestamptz NOT NULL
);
CREATE INDEX work_sessions_owner ON work_sessions (owner);

CREATE FUNCTION milliseconds(ms double precision) RETURNS interval LANGUAGE sql IMMUTABLE
  AS $$ SELECT make_interval(secs => ms / 1000) $$;

CREATE FUNCTION fail(reason text) RETURNS void LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION '%', reason USING ERRCODE = 'OS001'; END $$;

-- The instance that the token has locked; its queue row and those of `others` are locked then, in their order. Whether
-- the token's lock has ended is asked after that, since waiting takes time. From its 37th character on, a token is the
-- name of its instance: so there is no index of tokens, which every fetch would have to change.
CREATE FUNCTION instance_locked_by(lock_token text, others text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  own text := substr(lock_token, 37);
  ends timestamptz;
BEGIN
  IF NOT others <@ ARRAY[own] THEN
    PERFORM FROM instances_queue WHERE instance = own AND token = lock_token;
    IF NOT FOUND THEN PERFORM fail('Invalid lock token'); END IF;
    INSERT INTO instances_queue (instance) SELECT DISTINCT unnest(others) AS other ORDER BY other
      ON CONFLICT DO NOTHING;
    PERFORM FROM instances_queue WHERE instance = own OR instance = ANY (others) ORDER BY instance FOR UPDATE;
  END IF;
  SELECT locked_until INTO ends FROM instances_queue WHERE instance = own AND token = lock_token FOR UPDATE;
  IF ends IS NULL OR ends <= store_now() THEN PERFORM fail('Invalid lock token'); END IF;
  RETURN own;
END $$;

-- When the instance's next message is visible; never, before its start is queued.
CREATE FUNCTION next_message(target text) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM instances WHERE instance = target) THEN
    RETURN coalesce((SELECT min(visible_at) FROM messages WHERE instance = target), 'infinity');
  END IF;
  RETURN coalesce((SELECT min(visible_at) FROM messages WHERE instance = target AND kind = 'start'), 'infinity');
END $$;

CREATE FUNCTION enqueue_message(message json, delay double precision) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  target text := message ->> 'instance';
  visible timestamptz;
BEGIN
  -- Locks the row, so that no ack of this instance is under way.
  INSERT INTO instances_queue AS q (instance) VALUES (target)
    ON CONFLICT (instance) DO UPDATE SET engine = q.engine;
  visible := store_now() + milliseconds(delay);
  INSERT INTO messages (instance, kind, fields, body, visible_at)
    VALUES (target, message ->> 'kind', message -> 'fields', message ->> 'body', visible);
  IF message ->> 'kind' = 'start' OR EXISTS (SELECT FROM instances WHERE instance = target) THEN
    UPDATE instances_queue SET available_at = greatest(visible, locked_until)
      WHERE instance = target AND available_at > visible;
  END IF;
END $$;

CREATE FUNCTION enqueue_work(items json) RETURNS void LANGUAGE sql AS $$
  WITH next AS MATERIALIZED (SELECT nextval('work_batches') AS batch)
  INSERT INTO work (batch, instance, execution, activity, name, body, session, tag, place, visible_at)
  SELECT next.batch, i.*, store_now() FROM next, ROWS FROM (json_to_recordset(items) AS (instance text,
    execution integer, activity integer, name text, body text, session text, tag text)) WITH ORDINALITY AS i
$$;

CREATE FUNCTION fetch_orchestration_item(
  new_token text, lock_ms double precision, engine_min integer, engine_max integer
) RETURNS TABLE (
  instance text, name text, version text, execution integer, history json, messages json, attempt integer
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz := store_now();
  chosen text;
BEGIN
  UPDATE instances_queue q SET token = new_token || q.instance, locked_until = moment + milliseconds(lock_ms),
    available_at = moment + milliseconds(lock_ms) WHERE q.instance = (
      SELECT q.instance FROM instances_queue q
      WHERE q.available_at <= moment
      AND (engine_max IS NULL OR q.engine IS NULL OR q.engine BETWEEN engine_min AND engine_max)
      ORDER BY q.available_at LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING q.instance INTO chosen;
  IF chosen IS NULL THEN RETURN; END IF;
  UPDATE messages m SET token = new_token || chosen, attempts = m.attempts + 1
    WHERE m.instance = chosen AND m.visible_at <= moment;
  RETURN QUERY
    SELECT chosen, i.name, i.version, coalesce(i.execution, 1),
      (SELECT json_agg(json_build_array(h.event, h.kind, h.body) ORDER BY h.event) FROM history h
        WHERE h.instance = chosen AND h.execution = i.execution),
      json_agg(json_build_array(m.fields, m.body) ORDER BY m.id), max(m.attempts)
    FROM messages m LEFT JOIN instances i ON i.instance = chosen
    WHERE m.instance = chosen AND m.token = new_token || chosen GROUP BY i.instance;
END $$;

CREATE FUNCTION append_history(target text, target_execution integer, events json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  appended integer;
BEGIN
  INSERT INTO history (instance, execution, event, kind, body)
    SELECT target, target_execution, (event ->> 0)::integer, event ->> 1, event ->> 2
    FROM json_array_elements(events) AS event
    ON CONFLICT (instance, execution, event) DO NOTHING;
  GET DIAGNOSTICS appended = ROW_COUNT;
  IF appended < json_array_length(events) THEN
    PERFORM fail(format('Duplicate event of %s in execution %s', target, target_execution));
  END IF;
END $$;

-- What a turn leaves out is null, and costs nothing. `others` are the instances that it sends messages to.
CREATE FUNCTION ack_orchestration_item(lock_token text, turn_execution integer, events json, items json, sent json,
  others text[], cancelled json, metadata json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  target text := instance_locked_by(lock_token, others);
  current integer;
BEGIN
  SELECT execution INTO current FROM instances WHERE instance = target;
  IF current IS DISTINCT FROM turn_execution OR metadata IS NOT NULL THEN
    PERFORM update_instance(target, current, turn_execution, metadata);
  END IF;
  IF events IS NOT NULL THEN PERFORM append_history(target, turn_execution, events); END IF;
  DELETE FROM messages WHERE instance = target AND token = lock_token;
  IF items IS NOT NULL THEN PERFORM enqueue_work(items); END IF;
  IF cancelled IS NOT NULL THEN
    DELETE FROM work USING json_array_elements(cancelled) AS c
      WHERE instance = target AND execution = (c ->> 0)::integer AND activity = (c ->> 1)::integer;
  END IF;
  IF sent IS NOT NULL THEN
    INSERT INTO messages (instance, kind, fields, body, visible_at)
      SELECT m.instance, m.kind, m.fields, m.body, store_now() + milliseconds(m.delay)
      FROM json_to_recordset(sent) AS m (instance text, kind text, fields json, body text, delay double precision);
    IF NOT others <@ ARRAY[target] THEN
      UPDATE instances_queue SET available_at = greatest(next_message(instance), locked_until)
        WHERE instance = ANY (others) AND instance <> target;
    END IF;
  END IF;
  UPDATE instances_queue SET token = NULL, locked_until = NULL,
    available_at = coalesce((SELECT min(visible_at) FROM messages WHERE instance = target), 'infinity')
    WHERE instance = target;
END $$;

-- Makes the instance and the execution, when they are new; `current` is the instance's execution so far.
CREATE FUNCTION update_instance(target text, current integer, turn_execution integer, metadata json) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  new record;
BEGIN
  SELECT * INTO new FROM json_to_record(coalesce(metadata, '{}')) AS m (name text, version text, parent text,
    engine integer, status text, output text, sets_custom_status boolean, custom_status text);
  IF current IS NULL THEN
    IF new.name IS NULL THEN
      PERFORM fail(format('The first turn of %s has to name its orchestration', target));
    END IF;
    INSERT INTO instances (instance, name, version, parent, execution)
      VALUES (target, new.name, coalesce(new.version, ''), new.parent, turn_execution);
  ELSE
    UPDATE instances SET name = coalesce(new.name, name), version = coalesce(new.version, version),
      execution = greatest(execution, turn_execution) WHERE instance = target;
  END IF;
  IF new.sets_custom_status THEN
    UPDATE instances SET custom_status = new.custom_status, custom_status_version = custom_status_version + 1
      WHERE instance = target;
  END IF;
  INSERT INTO executions AS e (instance, execution, status, output)
    VALUES (target, turn_execution, coalesce(new.status, 'running'), new.output)
    ON CONFLICT (instance, execution) DO UPDATE
    SET status = coalesce(new.status, e.status), output = coalesce(excluded.output, e.output);
  -- An execution that names no engine needs none, whatever the one before it needed.
  UPDATE instances_queue SET engine = CASE WHEN turn_execution > current THEN new.engine
    ELSE coalesce(new.engine, engine) END
    WHERE instance = target AND turn_execution >= coalesce(current, turn_execution);
END $$;

CREATE FUNCTION abandon_orchestration_item(lock_token text, delay double precision, ignore_attempt boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  target text := instance_locked_by(lock_token, '{}');
BEGIN
  UPDATE messages SET token = NULL, attempts = attempts - CASE WHEN ignore_attempt THEN 1 ELSE 0 END,
    visible_at = CASE WHEN delay > 0 THEN store_now() + milliseconds(delay) ELSE visible_at END
    WHERE instance = target AND token = lock_token;
  UPDATE instances_queue SET token = NULL, locked_until = NULL, available_at = next_message(target)
    WHERE instance = target;
END $$;

CREATE FUNCTION renew_orchestration_item_lock(lock_token text, lock_ms double precision) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  target text := instance_locked_by(lock_token, '{}');
  ends timestamptz := store_now() + milliseconds(lock_ms);
BEGIN
  UPDATE instances_queue SET locked_until = ends, available_at = ends WHERE instance = target;
END $$;

CREATE FUNCTION fetch_work_item(
  new_token text, lock_ms double precision, new_owner text, session_ms double precision, tags text[],
  with_untagged boolean
) RETURNS TABLE (
  instance text, execution integer, activity integer, name text, body text, session text, tag text, attempt integer
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz := store_now();
  chosen record;
BEGIN
  LOOP
    SELECT w.batch, w.place, w.session INTO chosen FROM work w
      WHERE w.visible_at <= moment AND (CASE WHEN w.tag IS NULL THEN with_untagged ELSE w.tag = ANY (tags) END)
      AND (w.session IS NULL OR new_owner IS NOT NULL AND NOT EXISTS (
        SELECT FROM work_sessions s WHERE s.session = w.session AND s.owner <> new_owner AND s.locked_until > moment
      ))
      ORDER BY w.batch, w.place LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN; END IF;
    EXIT WHEN chosen.session IS NULL;
    -- Whoever else locked the session meanwhile keeps it, and the next look sees that.
    INSERT INTO work_sessions AS s (session, owner, locked_until)
      VALUES (chosen.session, new_owner, moment + milliseconds(session_ms))
      ON CONFLICT (session) DO UPDATE SET owner = excluded.owner, locked_until = excluded.locked_until
      WHERE s.owner = excluded.owner OR s.locked_until <= moment;
    EXIT WHEN FOUND;
  END LOOP;
  RETURN QUERY
    UPDATE work w SET token = new_token, visible_at = moment + milliseconds(lock_ms), attempts = w.attempts + 1
      WHERE w.batch = chosen.batch AND w.place = chosen.place
      RETURNING w.instance, w.execution, w.activity, w.name, w.body, w.session, w.tag, w.attempts;
END $$;

CREATE FUNCTION ack_work_item(lock_token text, completion json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF completion IS NOT NULL THEN PERFORM enqueue_message(completion, 0); END IF;
  DELETE FROM work WHERE token = lock_token AND visible_at > store_now();
  IF NOT FOUND THEN PERFORM fail('Invalid lock token'); END IF;
END $$;

CREATE FUNCTION abandon_work_item(lock_token text, delay double precision, ignore_attempt boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE work SET token = NULL, visible_at = store_now() + milliseconds(delay),
    attempts = attempts - CASE WHEN ignore_attempt THEN 1 ELSE 0 END
    WHERE token = lock_token AND visible_at > store_now();
  IF NOT FOUND THEN PERFORM fail('Invalid lock token'); END IF;
END $$;

CREATE FUNCTION renew_work_item_lock(lock_token text, lock_ms double precision) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE work SET visible_at = store_now() + milliseconds(lock_ms)
    WHERE token = lock_token AND visible_at > store_now();
  IF NOT FOUND THEN PERFORM fail('Invalid lock token'); END IF;
END $$;

CREATE FUNCTION renew_session_locks(holder text, lock_ms double precision) RETURNS bigint LANGUAGE sql AS $$
  WITH renewed AS (
    UPDATE work_sessions SET locked_until = store_now() + milliseconds(lock_ms)
    WHERE owner = holder AND locked_until > store_now() RETURNING 1
  ) SELECT count(*) FROM renewed
$$;

CREATE FUNCTION read_history(target text, target_execution integer) RETURNS json LANGUAGE sql AS $$
  SELECT json_agg(json_build_array(event, kind, body) ORDER BY event) FROM history
  WHERE instance = target
  AND execution = coalesce(target_execution, (SELECT i.execution FROM instances i WHERE i.instance = target))
$$;

CREATE FUNCTION append_with_execution(target text, target_execution integer, events json) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM instances WHERE instance = target) THEN
    PERFORM fail(format('There is no instance %s', target));
  END IF;
  INSERT INTO executions (instance, execution) VALUES (target, target_execution) ON CONFLICT DO NOTHING;
  PERFORM append_history(target, target_execution, events);
END $$;

CREATE FUNCTION delete_instance(target text, force boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  family text[];
  running text;
BEGIN
  WITH RECURSIVE descendants AS (
    SELECT target AS instance
    UNION SELECT i.instance FROM instances i JOIN descendants d ON i.parent = d.instance
  ) SELECT array_agg(instance) INTO family FROM descendants;
  PERFORM FROM instances_queue WHERE instance = ANY (family) ORDER BY instance FOR UPDATE;
  IF EXISTS (SELECT FROM instances WHERE instance = target AND parent IS NOT NULL) THEN
    PERFORM fail(format('%s is the child of another instance', target));
  END IF;
  SELECT i.instance INTO running FROM instances i JOIN executions e USING (instance, execution)
    WHERE i.instance = ANY (family) AND e.status = 'running' LIMIT 1;
  IF running IS NOT NULL AND NOT force THEN PERFORM fail(format('%s is running', running)); END IF;
  DELETE FROM instances_queue WHERE instance = ANY (family);
  DELETE FROM messages WHERE instance = ANY (family);
  DELETE FROM work WHERE instance = ANY (family);
  DELETE FROM history WHERE instance = ANY (family);
  DELETE FROM executions WHERE instance = ANY (family);
  DELETE FROM instances WHERE instance = ANY (family);
END $$;

CREATE FUNCTION prune_executions(target text, keep integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  old integer[] := ARRAY(
    SELECT e.execution FROM executions e JOIN instances i USING (instance)
    WHERE instance = target AND e.execution <> i.execution
    AND e.execution NOT IN (SELECT execution FROM executions WHERE instance = target ORDER BY execution DESC LIMIT keep)
  );
BEGIN
  DELETE FROM history WHERE instance = target AND execution = ANY (old);
  DELETE FROM executions WHERE instance = target AND execution = ANY (old);
  RETURN cardinality(old);
END $$;
