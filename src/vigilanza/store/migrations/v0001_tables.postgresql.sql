CREATE TABLE api_tokens (
    token BYTEA NOT NULL,
    name VARCHAR(64) NOT NULL,
    issued_by TEXT NOT NULL,
    issued_at DOUBLE PRECISION NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL,
    revoked_at DOUBLE PRECISION,
    PRIMARY KEY (token)
);

CREATE INDEX ix_api_tokens_name ON api_tokens (name);

CREATE TABLE handover_notes (
    position BIGSERIAL NOT NULL,
    id UUID NOT NULL,
    text TEXT NOT NULL,
    by TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (position),
    UNIQUE (id)
);

CREATE FUNCTION handover_notes_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'handover_notes is append-only'; END $$;

CREATE TRIGGER handover_notes_append_only BEFORE UPDATE OR DELETE ON handover_notes FOR EACH ROW EXECUTE FUNCTION handover_notes_append_only();

CREATE TABLE deliveries (
    position BIGSERIAL NOT NULL,
    id UUID NOT NULL,
    destination TEXT NOT NULL,
    incident UUID NOT NULL,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    data JSON NOT NULL,
    urgent BOOLEAN NOT NULL,
    queued_at DOUBLE PRECISION NOT NULL,
    state VARCHAR(16) NOT NULL,
    attempt INTEGER NOT NULL,
    due DOUBLE PRECISION NOT NULL,
    why TEXT,
    receipt TEXT,
    ended_at DOUBLE PRECISION,
    escalated_at DOUBLE PRECISION,
    merged_into UUID,
    stands_in_for UUID,
    PRIMARY KEY (position),
    UNIQUE (destination, incident, sequence),
    UNIQUE (id)
);

CREATE INDEX deliveries_ended ON deliveries (destination, ended_at);

CREATE INDEX deliveries_due ON deliveries (destination, state, due);

CREATE INDEX ix_deliveries_incident ON deliveries (incident);

CREATE INDEX ix_deliveries_merged_into ON deliveries (merged_into);

CREATE TABLE lines (
    destination TEXT NOT NULL,
    up BOOLEAN NOT NULL,
    since DOUBLE PRECISION NOT NULL,
    tried_at DOUBLE PRECISION NOT NULL,
    heard_at DOUBLE PRECISION,
    seconds DOUBLE PRECISION,
    certificate_until DOUBLE PRECISION,
    why TEXT NOT NULL,
    PRIMARY KEY (destination)
);

CREATE TABLE line_changes (
    position BIGSERIAL NOT NULL,
    destination TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    up BOOLEAN NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (position)
);

CREATE INDEX ix_line_changes_destination ON line_changes (destination);

CREATE FUNCTION line_changes_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'line_changes is append-only'; END $$;

CREATE TRIGGER line_changes_append_only BEFORE UPDATE OR DELETE ON line_changes FOR EACH ROW EXECUTE FUNCTION line_changes_append_only();

CREATE TABLE notes (
    destination TEXT NOT NULL,
    name VARCHAR(64) NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (destination, name)
);

CREATE TABLE site_incidents (
    site VARCHAR(64) NOT NULL,
    incident UUID NOT NULL,
    here UUID NOT NULL,
    PRIMARY KEY (site, incident),
    UNIQUE (here)
);

CREATE TABLE arrivals (
    position BIGSERIAL NOT NULL,
    site VARCHAR(64) NOT NULL,
    dispatch UUID NOT NULL,
    line UUID NOT NULL,
    number BIGINT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    arrived_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (position),
    UNIQUE (site, dispatch)
);

CREATE INDEX arrivals_number ON arrivals (site, line, number);

CREATE TABLE arrival_gaps (
    site VARCHAR(64) NOT NULL,
    line UUID NOT NULL,
    number BIGINT NOT NULL,
    noticed_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (site, line, number)
);

CREATE TABLE site_standings (
    site VARCHAR(64) NOT NULL,
    heard_at DOUBLE PRECISION,
    pulse_at DOUBLE PRECISION,
    taken BIGINT NOT NULL,
    lag DOUBLE PRECISION,
    refused BIGINT NOT NULL,
    refused_at DOUBLE PRECISION,
    PRIMARY KEY (site)
);

CREATE TABLE refused_dispatches (
    position BIGSERIAL NOT NULL,
    site VARCHAR(64) NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    why TEXT NOT NULL,
    subject TEXT NOT NULL,
    signature TEXT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (position)
);

CREATE INDEX ix_refused_dispatches_site ON refused_dispatches (site);

CREATE TABLE purged_media (
    id UUID NOT NULL,
    incident UUID NOT NULL,
    kind VARCHAR(8) NOT NULL,
    start DOUBLE PRECISION NOT NULL,
    "end" DOUBLE PRECISION NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    size_bytes BIGINT NOT NULL,
    purged_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_purged_media_sha256 ON purged_media (sha256);

CREATE INDEX ix_purged_media_incident ON purged_media (incident);

CREATE TABLE audit_checkpoints (
    number INTEGER NOT NULL,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL,
    stamp TEXT NOT NULL,
    PRIMARY KEY (number)
);

CREATE FUNCTION audit_checkpoints_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_checkpoints is append-only'; END $$;

CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE ON audit_checkpoints FOR EACH ROW EXECUTE FUNCTION audit_checkpoints_append_only();

CREATE TABLE covered_media (
    id UUID NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE withdrawn_media (
    id UUID NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE owed_originals (
    clip UUID NOT NULL,
    incident UUID NOT NULL,
    start DOUBLE PRECISION NOT NULL,
    "end" DOUBLE PRECISION NOT NULL,
    owed_since DOUBLE PRECISION NOT NULL,
    lost_at DOUBLE PRECISION,
    PRIMARY KEY (clip)
);

CREATE INDEX ix_owed_originals_incident ON owed_originals (incident);

CREATE INDEX ix_owed_originals_owed_since ON owed_originals (owed_since);

CREATE TABLE safeguards (
    number INTEGER NOT NULL,
    terms TEXT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    how VARCHAR(16) NOT NULL,
    by TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (number)
);

CREATE FUNCTION safeguards_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'safeguards is append-only'; END $$;

CREATE TRIGGER safeguards_append_only BEFORE UPDATE OR DELETE ON safeguards FOR EACH ROW EXECUTE FUNCTION safeguards_append_only();

CREATE TABLE asks (
    id UUID NOT NULL,
    act VARCHAR(16) NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at DOUBLE PRECISION NOT NULL,
    granted_by TEXT,
    granted_at DOUBLE PRECISION,
    PRIMARY KEY (id)
);

CREATE INDEX ix_asks_subject ON asks (subject);

CREATE TABLE meta (
    name VARCHAR(32) NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE incidents (
    id UUID NOT NULL,
    camera TEXT NOT NULL,
    door TEXT,
    phase VARCHAR(16) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    severity INTEGER NOT NULL,
    open BOOLEAN NOT NULL,
    first_at DOUBLE PRECISION NOT NULL,
    last_at DOUBLE PRECISION NOT NULL,
    last_sequence INTEGER NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX incidents_open ON incidents (open, severity, last_at);

CREATE TABLE media (
    id UUID NOT NULL,
    incident UUID NOT NULL,
    kind VARCHAR(8) NOT NULL,
    start DOUBLE PRECISION NOT NULL,
    "end" DOUBLE PRECISION NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    suffix VARCHAR(9) NOT NULL,
    size_bytes BIGINT NOT NULL,
    added_at DOUBLE PRECISION NOT NULL,
    missing BOOLEAN NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_media_incident ON media (incident);

CREATE INDEX ix_media_sha256 ON media (sha256);

CREATE TABLE audit (
    number BIGINT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    PRIMARY KEY (number)
);

CREATE INDEX audit_at ON audit (at, number);

CREATE INDEX audit_action ON audit (action text_pattern_ops, number);

CREATE INDEX audit_who ON audit (who, number);

CREATE INDEX audit_subject ON audit (subject, number);

CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$;

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_append_only();

CREATE TABLE operators (
    name VARCHAR(64) NOT NULL,
    password TEXT NOT NULL,
    created_at DOUBLE PRECISION NOT NULL,
    failures INTEGER NOT NULL,
    barred_until DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE work_orders (
    id VARCHAR(40) NOT NULL,
    door TEXT NOT NULL,
    starts_at DOUBLE PRECISION NOT NULL,
    ends_at DOUBLE PRECISION NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX work_orders_running ON work_orders (ends_at, starts_at);

CREATE TABLE operator_roles (
    name VARCHAR(64) NOT NULL,
    role VARCHAR(16) NOT NULL,
    PRIMARY KEY (name, role),
    FOREIGN KEY(name) REFERENCES operators (name)
);

CREATE TABLE operator_codes (
    name VARCHAR(64) NOT NULL,
    secret BYTEA NOT NULL,
    last_step BIGINT NOT NULL,
    PRIMARY KEY (name),
    FOREIGN KEY(name) REFERENCES operators (name)
);

CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    name VARCHAR(64) NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (name),
    FOREIGN KEY(name) REFERENCES operators (name)
);

CREATE TABLE aftermath_steps (
    position BIGSERIAL NOT NULL,
    id UUID NOT NULL,
    incident UUID NOT NULL,
    what VARCHAR(32) NOT NULL,
    by TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    note TEXT,
    PRIMARY KEY (position),
    UNIQUE (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX ix_aftermath_steps_incident ON aftermath_steps (incident);

CREATE FUNCTION aftermath_steps_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'aftermath_steps is append-only'; END $$;

CREATE TRIGGER aftermath_steps_append_only BEFORE UPDATE OR DELETE ON aftermath_steps FOR EACH ROW EXECUTE FUNCTION aftermath_steps_append_only();

CREATE TABLE handovers_taken (
    note UUID NOT NULL,
    taken_by TEXT NOT NULL,
    taken_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (note),
    FOREIGN KEY(note) REFERENCES handover_notes (id)
);

CREATE FUNCTION handovers_taken_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'handovers_taken is append-only'; END $$;

CREATE TRIGGER handovers_taken_append_only BEFORE UPDATE OR DELETE ON handovers_taken FOR EACH ROW EXECUTE FUNCTION handovers_taken_append_only();

CREATE TABLE handover_subjects (
    note UUID NOT NULL,
    incident UUID NOT NULL,
    PRIMARY KEY (note, incident),
    FOREIGN KEY(note) REFERENCES handover_notes (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX ix_handover_subjects_incident ON handover_subjects (incident);

CREATE FUNCTION handover_subjects_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'handover_subjects is append-only'; END $$;

CREATE TRIGGER handover_subjects_append_only BEFORE UPDATE OR DELETE ON handover_subjects FOR EACH ROW EXECUTE FUNCTION handover_subjects_append_only();

CREATE TABLE transitions (
    position BIGSERIAL NOT NULL,
    delivery UUID NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    attempt INTEGER NOT NULL,
    what VARCHAR(24) NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (position),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);

CREATE INDEX ix_transitions_delivery ON transitions (delivery);

CREATE TABLE exchanges (
    position BIGSERIAL NOT NULL,
    delivery UUID NOT NULL,
    attempt INTEGER NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    sent_sha256 VARCHAR(64),
    sent_bytes INTEGER NOT NULL,
    heard TEXT NOT NULL,
    PRIMARY KEY (position),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);

CREATE INDEX ix_exchanges_delivery ON exchanges (delivery);

CREATE FUNCTION exchanges_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'exchanges is append-only'; END $$;

CREATE TRIGGER exchanges_append_only BEFORE UPDATE OR DELETE ON exchanges FOR EACH ROW EXECUTE FUNCTION exchanges_append_only();

CREATE TABLE tasks (
    position BIGSERIAL NOT NULL,
    delivery UUID NOT NULL,
    incident UUID NOT NULL,
    destination TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    ended_at DOUBLE PRECISION,
    ended_by TEXT,
    note TEXT,
    PRIMARY KEY (position),
    UNIQUE (delivery),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);

CREATE INDEX ix_tasks_ended_at ON tasks (ended_at);

CREATE TABLE replies (
    position BIGSERIAL NOT NULL,
    delivery UUID NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    kind VARCHAR(8) NOT NULL,
    who TEXT NOT NULL,
    note TEXT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    PRIMARY KEY (position),
    UNIQUE (delivery, sha256),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);

CREATE INDEX ix_replies_sha256 ON replies (sha256);

CREATE INDEX ix_replies_delivery ON replies (delivery);

CREATE FUNCTION replies_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'replies is append-only'; END $$;

CREATE TRIGGER replies_append_only BEFORE UPDATE OR DELETE ON replies FOR EACH ROW EXECUTE FUNCTION replies_append_only();

CREATE TABLE unanswered (
    delivery UUID NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (delivery),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);

CREATE FUNCTION unanswered_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'unanswered is append-only'; END $$;

CREATE TRIGGER unanswered_append_only BEFORE UPDATE OR DELETE ON unanswered FOR EACH ROW EXECUTE FUNCTION unanswered_append_only();

CREATE TABLE holds (
    id UUID NOT NULL,
    incident UUID NOT NULL,
    authority TEXT NOT NULL,
    protocol TEXT NOT NULL,
    until DOUBLE PRECISION NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at DOUBLE PRECISION NOT NULL,
    release_asked_by TEXT,
    released_by TEXT,
    released_at DOUBLE PRECISION,
    PRIMARY KEY (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX ix_holds_incident ON holds (incident);

CREATE TABLE exports (
    id UUID NOT NULL,
    incident UUID NOT NULL,
    recipient TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at DOUBLE PRECISION NOT NULL,
    granted_by TEXT,
    granted_at DOUBLE PRECISION,
    package INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX ix_exports_incident ON exports (incident);

CREATE TABLE events (
    id UUID NOT NULL,
    incident UUID NOT NULL,
    sequence INTEGER NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    body JSON NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX events_incident ON events (incident, sequence);

CREATE TABLE decisions (
    position BIGSERIAL NOT NULL,
    id UUID NOT NULL,
    incident UUID NOT NULL,
    operator TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    avs INTEGER,
    reason VARCHAR(32),
    PRIMARY KEY (position),
    UNIQUE (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX ix_decisions_incident ON decisions (incident);

CREATE TABLE sessions (
    token BYTEA NOT NULL,
    operator VARCHAR(64) NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (token),
    FOREIGN KEY(operator) REFERENCES operators (name)
);

CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);

CREATE TABLE work_order_changes (
    position BIGSERIAL NOT NULL,
    work_order VARCHAR(40) NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    by TEXT NOT NULL,
    what VARCHAR(16) NOT NULL,
    ends_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (position),
    FOREIGN KEY(work_order) REFERENCES work_orders (id)
);

CREATE INDEX ix_work_order_changes_work_order ON work_order_changes (work_order);

CREATE FUNCTION work_order_changes_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'work_order_changes is append-only'; END $$;

CREATE TRIGGER work_order_changes_append_only BEFORE UPDATE OR DELETE ON work_order_changes FOR EACH ROW EXECUTE FUNCTION work_order_changes_append_only();

CREATE TABLE telephone_calls (
    step UUID NOT NULL,
    whom TEXT NOT NULL,
    number TEXT,
    at DOUBLE PRECISION NOT NULL,
    spoke_with TEXT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (step),
    FOREIGN KEY(step) REFERENCES aftermath_steps (id)
);

CREATE FUNCTION telephone_calls_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'telephone_calls is append-only'; END $$;

CREATE TRIGGER telephone_calls_append_only BEFORE UPDATE OR DELETE ON telephone_calls FOR EACH ROW EXECUTE FUNCTION telephone_calls_append_only();

CREATE TABLE hold_seconds (
    hold UUID NOT NULL,
    lapses_at DOUBLE PRECISION NOT NULL,
    confirmed_by TEXT,
    confirmed_at DOUBLE PRECISION,
    PRIMARY KEY (hold),
    FOREIGN KEY(hold) REFERENCES holds (id)
);

CREATE TABLE packages (
    number INTEGER NOT NULL,
    incident UUID NOT NULL,
    export UUID NOT NULL,
    file TEXT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    size_bytes BIGINT NOT NULL,
    manifest_sha256 VARCHAR(64) NOT NULL,
    previous VARCHAR(64) NOT NULL,
    key_sha256 VARCHAR(64) NOT NULL,
    sealed_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (number),
    FOREIGN KEY(incident) REFERENCES incidents (id),
    FOREIGN KEY(export) REFERENCES exports (id),
    UNIQUE (sha256)
);

CREATE INDEX ix_packages_incident ON packages (incident);

CREATE FUNCTION packages_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'packages is append-only'; END $$;

CREATE TRIGGER packages_append_only BEFORE UPDATE OR DELETE ON packages FOR EACH ROW EXECUTE FUNCTION packages_append_only();

CREATE TABLE feed (
    position BIGSERIAL NOT NULL,
    incident UUID NOT NULL,
    event UUID,
    decision UUID,
    at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (position),
    FOREIGN KEY(incident) REFERENCES incidents (id),
    FOREIGN KEY(event) REFERENCES events (id),
    FOREIGN KEY(decision) REFERENCES decisions (id)
);

CREATE INDEX ix_feed_at ON feed (at);

CREATE INDEX ix_feed_incident ON feed (incident);
