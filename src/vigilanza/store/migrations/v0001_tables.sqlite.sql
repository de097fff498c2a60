CREATE TABLE api_tokens (
    token BLOB NOT NULL,
    name VARCHAR(64) NOT NULL,
    issued_by TEXT NOT NULL,
    issued_at DOUBLE NOT NULL,
    expires_at DOUBLE NOT NULL,
    revoked_at DOUBLE,
    PRIMARY KEY (token)
);

CREATE INDEX ix_api_tokens_name ON api_tokens (name);

CREATE TABLE handover_notes (
    position INTEGER NOT NULL,
    id CHAR(32) NOT NULL,
    text TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at DOUBLE NOT NULL,
    PRIMARY KEY (position),
    UNIQUE (id)
);

CREATE TRIGGER handover_notes_no_update BEFORE update ON handover_notes BEGIN SELECT RAISE(ABORT, 'handover_notes is append-only'); END;

CREATE TRIGGER handover_notes_no_delete BEFORE delete ON handover_notes BEGIN SELECT RAISE(ABORT, 'handover_notes is append-only'); END;

CREATE TABLE deliveries (
    position INTEGER NOT NULL,
    id CHAR(32) NOT NULL,
    destination TEXT NOT NULL,
    incident CHAR(32) NOT NULL,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    at DOUBLE NOT NULL,
    data JSON NOT NULL,
    urgent BOOLEAN NOT NULL,
    queued_at DOUBLE NOT NULL,
    state VARCHAR(16) NOT NULL,
    attempt INTEGER NOT NULL,
    due DOUBLE NOT NULL,
    why TEXT,
    receipt TEXT,
    ended_at DOUBLE,
    escalated_at DOUBLE,
    merged_into CHAR(32),
    stands_in_for CHAR(32),
    PRIMARY KEY (position),
    UNIQUE (destination, incident, sequence),
    UNIQUE (id)
);

CREATE INDEX ix_deliveries_incident ON deliveries (incident);

CREATE INDEX deliveries_due ON deliveries (destination, state, due);

CREATE INDEX ix_deliveries_merged_into ON deliveries (merged_into);

CREATE INDEX deliveries_ended ON deliveries (destination, ended_at);

CREATE TABLE lines (
    destination TEXT NOT NULL,
    up BOOLEAN NOT NULL,
    since DOUBLE NOT NULL,
    tried_at DOUBLE NOT NULL,
    heard_at DOUBLE,
    seconds DOUBLE,
    certificate_until DOUBLE,
    why TEXT NOT NULL,
    PRIMARY KEY (destination)
);

CREATE TABLE line_changes (
    position INTEGER NOT NULL,
    destination TEXT NOT NULL,
    at DOUBLE NOT NULL,
    up BOOLEAN NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (position)
);

CREATE INDEX ix_line_changes_destination ON line_changes (destination);

CREATE TRIGGER line_changes_no_update BEFORE update ON line_changes BEGIN SELECT RAISE(ABORT, 'line_changes is append-only'); END;

CREATE TRIGGER line_changes_no_delete BEFORE delete ON line_changes BEGIN SELECT RAISE(ABORT, 'line_changes is append-only'); END;

CREATE TABLE notes (
    destination TEXT NOT NULL,
    name VARCHAR(64) NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (destination, name)
);

CREATE TABLE site_incidents (
    site VARCHAR(64) NOT NULL,
    incident CHAR(32) NOT NULL,
    here CHAR(32) NOT NULL,
    PRIMARY KEY (site, incident),
    UNIQUE (here)
);

CREATE TABLE arrivals (
    position INTEGER NOT NULL,
    site VARCHAR(64) NOT NULL,
    dispatch CHAR(32) NOT NULL,
    line CHAR(32) NOT NULL,
    number BIGINT NOT NULL,
    at DOUBLE NOT NULL,
    arrived_at DOUBLE NOT NULL,
    PRIMARY KEY (position),
    UNIQUE (site, dispatch)
);

CREATE INDEX arrivals_number ON arrivals (site, line, number);

CREATE TABLE arrival_gaps (
    site VARCHAR(64) NOT NULL,
    line CHAR(32) NOT NULL,
    number BIGINT NOT NULL,
    noticed_at DOUBLE NOT NULL,
    PRIMARY KEY (site, line, number)
);

CREATE TABLE site_standings (
    site VARCHAR(64) NOT NULL,
    heard_at DOUBLE,
    pulse_at DOUBLE,
    taken BIGINT NOT NULL,
    lag DOUBLE,
    refused BIGINT NOT NULL,
    refused_at DOUBLE,
    PRIMARY KEY (site)
);

CREATE TABLE refused_dispatches (
    position INTEGER NOT NULL,
    site VARCHAR(64) NOT NULL,
    at DOUBLE NOT NULL,
    why TEXT NOT NULL,
    subject TEXT NOT NULL,
    signature TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (position)
);

CREATE INDEX ix_refused_dispatches_site ON refused_dispatches (site);

CREATE TABLE purged_media (
    id CHAR(32) NOT NULL,
    incident CHAR(32) NOT NULL,
    kind VARCHAR(8) NOT NULL,
    start DOUBLE NOT NULL,
    "end" DOUBLE NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    size_bytes BIGINT NOT NULL,
    purged_at DOUBLE NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_purged_media_incident ON purged_media (incident);

CREATE INDEX ix_purged_media_sha256 ON purged_media (sha256);

CREATE TABLE audit_checkpoints (
    number INTEGER NOT NULL,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL,
    stamp TEXT NOT NULL,
    PRIMARY KEY (number)
);

CREATE TRIGGER audit_checkpoints_no_update BEFORE update ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append-only'); END;

CREATE TRIGGER audit_checkpoints_no_delete BEFORE delete ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append-only'); END;

CREATE TABLE covered_media (
    id CHAR(32) NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE withdrawn_media (
    id CHAR(32) NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE owed_originals (
    clip CHAR(32) NOT NULL,
    incident CHAR(32) NOT NULL,
    start DOUBLE NOT NULL,
    "end" DOUBLE NOT NULL,
    owed_since DOUBLE NOT NULL,
    lost_at DOUBLE,
    PRIMARY KEY (clip)
);

CREATE INDEX ix_owed_originals_incident ON owed_originals (incident);

CREATE INDEX ix_owed_originals_owed_since ON owed_originals (owed_since);

CREATE TABLE safeguards (
    number INTEGER NOT NULL,
    terms TEXT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    how VARCHAR(16) NOT NULL,
    "by" TEXT NOT NULL,
    at DOUBLE NOT NULL,
    PRIMARY KEY (number)
);

CREATE TRIGGER safeguards_no_update BEFORE update ON safeguards BEGIN SELECT RAISE(ABORT, 'safeguards is append-only'); END;

CREATE TRIGGER safeguards_no_delete BEFORE delete ON safeguards BEGIN SELECT RAISE(ABORT, 'safeguards is append-only'); END;

CREATE TABLE asks (
    id CHAR(32) NOT NULL,
    act VARCHAR(16) NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at DOUBLE NOT NULL,
    granted_by TEXT,
    granted_at DOUBLE,
    PRIMARY KEY (id)
);

CREATE INDEX ix_asks_subject ON asks (subject);

CREATE TABLE meta (
    name VARCHAR(32) NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE incidents (
    id CHAR(32) NOT NULL,
    camera TEXT NOT NULL,
    door TEXT,
    phase VARCHAR(16) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    severity INTEGER NOT NULL,
    open BOOLEAN NOT NULL,
    first_at DOUBLE NOT NULL,
    last_at DOUBLE NOT NULL,
    last_sequence INTEGER NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX incidents_open ON incidents (open, severity, last_at);

CREATE TABLE media (
    id CHAR(32) NOT NULL,
    incident CHAR(32) NOT NULL,
    kind VARCHAR(8) NOT NULL,
    start DOUBLE NOT NULL,
    "end" DOUBLE NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    suffix VARCHAR(9) NOT NULL,
    size_bytes BIGINT NOT NULL,
    added_at DOUBLE NOT NULL,
    missing BOOLEAN NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_media_incident ON media (incident);

CREATE INDEX ix_media_sha256 ON media (sha256);

CREATE TABLE audit (
    number BIGINT NOT NULL,
    at DOUBLE NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    PRIMARY KEY (number)
);

CREATE INDEX audit_at ON audit (at, number);

CREATE INDEX audit_action ON audit (action, number);

CREATE INDEX audit_who ON audit (who, number);

CREATE INDEX audit_subject ON audit (subject, number);

CREATE TRIGGER audit_no_update BEFORE update ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TRIGGER audit_no_delete BEFORE delete ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TABLE operators (
    name VARCHAR(64) NOT NULL,
    password TEXT NOT NULL,
    created_at DOUBLE NOT NULL,
    failures INTEGER NOT NULL,
    barred_until DOUBLE NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE work_orders (
    id VARCHAR(40) NOT NULL,
    door TEXT NOT NULL,
    starts_at DOUBLE NOT NULL,
    ends_at DOUBLE NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at DOUBLE NOT NULL,
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
    secret BLOB NOT NULL,
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
    position INTEGER NOT NULL,
    id CHAR(32) NOT NULL,
    incident CHAR(32) NOT NULL,
    what VARCHAR(32) NOT NULL,
    "by" TEXT NOT NULL,
    at DOUBLE NOT NULL,
    note TEXT,
    PRIMARY KEY (position),
    UNIQUE (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX ix_aftermath_steps_incident ON aftermath_steps (incident);

CREATE TRIGGER aftermath_steps_no_update BEFORE update ON aftermath_steps BEGIN SELECT RAISE(ABORT, 'aftermath_steps is append-only'); END;

CREATE TRIGGER aftermath_steps_no_delete BEFORE delete ON aftermath_steps BEGIN SELECT RAISE(ABORT, 'aftermath_steps is append-only'); END;

CREATE TABLE handovers_taken (
    note CHAR(32) NOT NULL,
    taken_by TEXT NOT NULL,
    taken_at DOUBLE NOT NULL,
    PRIMARY KEY (note),
    FOREIGN KEY(note) REFERENCES handover_notes (id)
);

CREATE TRIGGER handovers_taken_no_update BEFORE update ON handovers_taken BEGIN SELECT RAISE(ABORT, 'handovers_taken is append-only'); END;

CREATE TRIGGER handovers_taken_no_delete BEFORE delete ON handovers_taken BEGIN SELECT RAISE(ABORT, 'handovers_taken is append-only'); END;

CREATE TABLE handover_subjects (
    note CHAR(32) NOT NULL,
    incident CHAR(32) NOT NULL,
    PRIMARY KEY (note, incident),
    FOREIGN KEY(note) REFERENCES handover_notes (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX ix_handover_subjects_incident ON handover_subjects (incident);

CREATE TRIGGER handover_subjects_no_update BEFORE update ON handover_subjects BEGIN SELECT RAISE(ABORT, 'handover_subjects is append-only'); END;

CREATE TRIGGER handover_subjects_no_delete BEFORE delete ON handover_subjects BEGIN SELECT RAISE(ABORT, 'handover_subjects is append-only'); END;

CREATE TABLE transitions (
    position INTEGER NOT NULL,
    delivery CHAR(32) NOT NULL,
    at DOUBLE NOT NULL,
    attempt INTEGER NOT NULL,
    what VARCHAR(24) NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (position),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);

CREATE INDEX ix_transitions_delivery ON transitions (delivery);

CREATE TABLE exchanges (
    position INTEGER NOT NULL,
    delivery CHAR(32) NOT NULL,
    attempt INTEGER NOT NULL,
    at DOUBLE NOT NULL,
    seconds DOUBLE NOT NULL,
    sent_sha256 VARCHAR(64),
    sent_bytes INTEGER NOT NULL,
    heard TEXT NOT NULL,
    PRIMARY KEY (position),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);

CREATE INDEX ix_exchanges_delivery ON exchanges (delivery);

CREATE TRIGGER exchanges_no_update BEFORE update ON exchanges BEGIN SELECT RAISE(ABORT, 'exchanges is append-only'); END;

CREATE TRIGGER exchanges_no_delete BEFORE delete ON exchanges BEGIN SELECT RAISE(ABORT, 'exchanges is append-only'); END;

CREATE TABLE tasks (
    position INTEGER NOT NULL,
    delivery CHAR(32) NOT NULL,
    incident CHAR(32) NOT NULL,
    destination TEXT NOT NULL,
    at DOUBLE NOT NULL,
    ended_at DOUBLE,
    ended_by TEXT,
    note TEXT,
    PRIMARY KEY (position),
    UNIQUE (delivery),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);

CREATE INDEX ix_tasks_ended_at ON tasks (ended_at);

CREATE TABLE replies (
    position INTEGER NOT NULL,
    delivery CHAR(32) NOT NULL,
    at DOUBLE NOT NULL,
    kind VARCHAR(8) NOT NULL,
    who TEXT NOT NULL,
    note TEXT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    PRIMARY KEY (position),
    UNIQUE (delivery, sha256),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);

CREATE INDEX ix_replies_delivery ON replies (delivery);

CREATE INDEX ix_replies_sha256 ON replies (sha256);

CREATE TRIGGER replies_no_update BEFORE update ON replies BEGIN SELECT RAISE(ABORT, 'replies is append-only'); END;

CREATE TRIGGER replies_no_delete BEFORE delete ON replies BEGIN SELECT RAISE(ABORT, 'replies is append-only'); END;

CREATE TABLE unanswered (
    delivery CHAR(32) NOT NULL,
    at DOUBLE NOT NULL,
    PRIMARY KEY (delivery),
    FOREIGN KEY(delivery) REFERENCES deliveries (id)
);

CREATE TRIGGER unanswered_no_update BEFORE update ON unanswered BEGIN SELECT RAISE(ABORT, 'unanswered is append-only'); END;

CREATE TRIGGER unanswered_no_delete BEFORE delete ON unanswered BEGIN SELECT RAISE(ABORT, 'unanswered is append-only'); END;

CREATE TABLE holds (
    id CHAR(32) NOT NULL,
    incident CHAR(32) NOT NULL,
    authority TEXT NOT NULL,
    protocol TEXT NOT NULL,
    until DOUBLE NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at DOUBLE NOT NULL,
    release_asked_by TEXT,
    released_by TEXT,
    released_at DOUBLE,
    PRIMARY KEY (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX ix_holds_incident ON holds (incident);

CREATE TABLE exports (
    id CHAR(32) NOT NULL,
    incident CHAR(32) NOT NULL,
    recipient TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at DOUBLE NOT NULL,
    granted_by TEXT,
    granted_at DOUBLE,
    package INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX ix_exports_incident ON exports (incident);

CREATE TABLE events (
    id CHAR(32) NOT NULL,
    incident CHAR(32) NOT NULL,
    sequence INTEGER NOT NULL,
    at DOUBLE NOT NULL,
    body JSON NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX events_incident ON events (incident, sequence);

CREATE TABLE decisions (
    position INTEGER NOT NULL,
    id CHAR(32) NOT NULL,
    incident CHAR(32) NOT NULL,
    operator TEXT NOT NULL,
    at DOUBLE NOT NULL,
    avs INTEGER,
    reason VARCHAR(32),
    PRIMARY KEY (position),
    UNIQUE (id),
    FOREIGN KEY(incident) REFERENCES incidents (id)
);

CREATE INDEX ix_decisions_incident ON decisions (incident);

CREATE TABLE sessions (
    token BLOB NOT NULL,
    operator VARCHAR(64) NOT NULL,
    expires_at DOUBLE NOT NULL,
    PRIMARY KEY (token),
    FOREIGN KEY(operator) REFERENCES operators (name)
);

CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);

CREATE TABLE work_order_changes (
    position INTEGER NOT NULL,
    work_order VARCHAR(40) NOT NULL,
    at DOUBLE NOT NULL,
    "by" TEXT NOT NULL,
    what VARCHAR(16) NOT NULL,
    ends_at DOUBLE NOT NULL,
    PRIMARY KEY (position),
    FOREIGN KEY(work_order) REFERENCES work_orders (id)
);

CREATE INDEX ix_work_order_changes_work_order ON work_order_changes (work_order);

CREATE TRIGGER work_order_changes_no_update BEFORE update ON work_order_changes BEGIN SELECT RAISE(ABORT, 'work_order_changes is append-only'); END;

CREATE TRIGGER work_order_changes_no_delete BEFORE delete ON work_order_changes BEGIN SELECT RAISE(ABORT, 'work_order_changes is append-only'); END;

CREATE TABLE telephone_calls (
    step CHAR(32) NOT NULL,
    whom TEXT NOT NULL,
    number TEXT,
    at DOUBLE NOT NULL,
    spoke_with TEXT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (step),
    FOREIGN KEY(step) REFERENCES aftermath_steps (id)
);

CREATE TRIGGER telephone_calls_no_update BEFORE update ON telephone_calls BEGIN SELECT RAISE(ABORT, 'telephone_calls is append-only'); END;

CREATE TRIGGER telephone_calls_no_delete BEFORE delete ON telephone_calls BEGIN SELECT RAISE(ABORT, 'telephone_calls is append-only'); END;

CREATE TABLE hold_seconds (
    hold CHAR(32) NOT NULL,
    lapses_at DOUBLE NOT NULL,
    confirmed_by TEXT,
    confirmed_at DOUBLE,
    PRIMARY KEY (hold),
    FOREIGN KEY(hold) REFERENCES holds (id)
);

CREATE TABLE packages (
    number INTEGER NOT NULL,
    incident CHAR(32) NOT NULL,
    export CHAR(32) NOT NULL,
    file TEXT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    size_bytes BIGINT NOT NULL,
    manifest_sha256 VARCHAR(64) NOT NULL,
    previous VARCHAR(64) NOT NULL,
    key_sha256 VARCHAR(64) NOT NULL,
    sealed_at DOUBLE NOT NULL,
    PRIMARY KEY (number),
    FOREIGN KEY(incident) REFERENCES incidents (id),
    FOREIGN KEY(export) REFERENCES exports (id),
    UNIQUE (sha256)
);

CREATE INDEX ix_packages_incident ON packages (incident);

CREATE TRIGGER packages_no_update BEFORE update ON packages BEGIN SELECT RAISE(ABORT, 'packages is append-only'); END;

CREATE TRIGGER packages_no_delete BEFORE delete ON packages BEGIN SELECT RAISE(ABORT, 'packages is append-only'); END;

CREATE TABLE feed (
    position INTEGER NOT NULL,
    incident CHAR(32) NOT NULL,
    event CHAR(32),
    decision CHAR(32),
    at DOUBLE NOT NULL,
    PRIMARY KEY (position),
    FOREIGN KEY(incident) REFERENCES incidents (id),
    FOREIGN KEY(event) REFERENCES events (id),
    FOREIGN KEY(decision) REFERENCES decisions (id)
);

CREATE INDEX ix_feed_incident ON feed (incident);

CREATE INDEX ix_feed_at ON feed (at);
