package dev.mgit.hooks.cascade;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;

/** Writes a step to the journal and, once it is on disk, to the state. */
final class CascadeLog {
    private final UpdateJournal journal;
    private final CascadeState state;

    CascadeLog(UpdateJournal journal, CascadeState state) {
        this.journal = journal;
        this.state = state;
    }

    synchronized void write(JsonObject record) {
        journal.append(record);
        // Read back as whoever continues would read it, so that both see the same.
        state.apply(Json.parseObject(Json.bytes(record)));
    }
}
