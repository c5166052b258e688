package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.modeltest.TestResult;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** How far an update is, as its journal says. Only {@link #apply} changes it. Safe for use by several threads. */
final class CascadeState {
    /** The states of a unit. */
    enum Unit {
        PLANNED,
        /** Its command has been started, or is about to be. */
        RUNNING,
        /** Its versions are stored and held by staging references. */
        RAN,
        /** Its gates are through. */
        PASSED,
        FAILED,
        /** Something it needs failed. */
        SKIPPED,
        /** Somebody gave one of its models, or of those it is made from, another version: to be planned anew. */
        MOVED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean over() {
            return this == PASSED || this == FAILED || this == SKIPPED || this == MOVED;
        }

        /** The states a journal may name next. */
        Set<Unit> next() {
            return switch (this) {
                case PLANNED -> EnumSet.of(RUNNING, SKIPPED, MOVED);
                // Again when the executor has given its handle, and for a new attempt; skipped only in a queue.
                case RUNNING -> EnumSet.of(RUNNING, RAN, FAILED, SKIPPED);
                case RAN -> EnumSet.of(PASSED, FAILED);
                // Seen only when everything is about to appear.
                case PASSED -> EnumSet.of(MOVED);
                case MOVED -> EnumSet.noneOf(Unit.class);
                // Tried again: from the gates, if the versions are there.
                case FAILED -> EnumSet.of(PLANNED, RAN);
                case SKIPPED -> EnumSet.of(PLANNED);
            };
        }
    }

    /** What is known of one unit. */
    static final class Progress {
        Unit state = Unit.PLANNED;
        int attempt;
        Optional<String> handle = Optional.empty();
        Optional<Instant> started = Optional.empty();
        Map<String, VersionId> versions = new LinkedHashMap<>();
        /** Results of gates, by version. */
        List<Map.Entry<VersionId, TestResult>> results = new ArrayList<>();

        /** The recipe as it was carried out, from the moment it started. */
        Optional<Recipe> captured = Optional.empty();
        /** What an earlier run left is taken instead of running it again. */
        boolean reused;

        String detail = "";
        boolean gate;
    }

    /** The whole update's own states. */
    enum UpdateState {
        OPEN,
        /** A failure ended it before its time; nothing is published until it is continued. */
        STOPPED,
        /** The transaction that shows everything may or may not have happened. */
        PUBLISHING,
        DONE,
        ABORTING;

        /** The states a journal may name next. */
        Set<UpdateState> next() {
            return switch (this) {
                case OPEN -> EnumSet.of(STOPPED, PUBLISHING, ABORTING);
                case STOPPED -> EnumSet.of(OPEN, ABORTING);
                case PUBLISHING -> EnumSet.of(PUBLISHING, DONE, ABORTING);
                case DONE -> EnumSet.noneOf(UpdateState.class);
                case ABORTING -> EnumSet.of(ABORTING);
            };
        }
    }

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}");

    final String id;
    final String target;
    final UpdateOptions options;
    final String executor;
    final List<UpdatePlan.Unit> units;
    final List<LeftModel> left;
    /** By model. */
    final Map<String, NewBase> bases = new LinkedHashMap<>();

    private final List<Progress> progress = new ArrayList<>();
    private UpdateState whole = UpdateState.OPEN;

    private CascadeState(JsonObject header) {
        this.id = requireId(header.string("id"));
        this.executor = header.string("executor");
        this.options = UpdateOptions.fromJson(header);
        this.target = options.subject();
        this.left = header.objects("left").stream().map(LeftModel::fromJson).toList();
        this.units =
                header.objects("units").stream().map(UpdatePlan.Unit::fromJson).toList();
        units.forEach(unit -> {
            requireModels(unit.models());
            requireModels(unit.heads().keySet());
            progress.add(new Progress());
            unit.newVersions().forEach((model, version) -> bases.put(model, new NewBase(version)));
        });
    }

    /** Names a folder. */
    static String requireId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("'" + id + "' is not the id of an update");
        }
        return id;
    }

    /** Refuses what cannot be names of models: they name folders and references. */
    static void requireModels(Collection<String> names) {
        try {
            names.forEach(model -> GitLineage.requireModelName(model, List.of()));
        } catch (MgitException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** @return empty if not even the first record is whole: then nothing was done */
    static Optional<CascadeState> read(Path journal) {
        List<JsonObject> records = UpdateJournal.read(journal);
        if (records.isEmpty()) {
            return Optional.empty();
        }
        try {
            var state = new CascadeState(records.get(0));
            records.subList(1, records.size()).forEach(state::apply);
            return Optional.of(state);
        } catch (JsonException | MgitException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the update journal is inconsistent: " + e.getMessage(),
                    "abort the update with 'mgit update --abort'",
                    e);
        }
    }

    synchronized Progress unit(int index) {
        return progress.get(index);
    }

    synchronized UpdateState updateState() {
        return whole;
    }

    synchronized Unit state(int index) {
        return progress.get(index).state;
    }

    static Map<String, String> hex(Map<String, VersionId> versions) {
        Map<String, String> ids = new LinkedHashMap<>();
        versions.forEach((model, version) -> ids.put(model, version.hex()));
        return ids;
    }

    static Map<String, VersionId> ids(JsonObject record, String name) {
        Map<String, VersionId> versions = new LinkedHashMap<>();
        JsonMembers.texts(record, name).forEach((model, id) -> versions.put(model, new VersionId(id)));
        return versions;
    }

    synchronized void apply(JsonObject record) {
        if (record.has("update")) {
            UpdateState next = UpdateState.valueOf(record.string("update"));
            requireMayFollow(whole, next, whole.next());
            whole = next;
            return;
        }
        if (record.has("base")) {
            applyToBase(record);
            return;
        }
        Progress unit = progress.get((int) record.number("unit"));
        if (record.has("tested")) {
            unit.results.add(
                    Map.entry(new VersionId(record.string("tested")), TestResult.fromJson(record.object("result"))));
            return;
        }
        Unit next = Unit.valueOf(record.string("state"));
        requireMayFollow(unit.state, next, unit.state.next());
        unit.state = next;
        unit.detail = record.optionalString("detail").orElse("");
        unit.gate = record.flag("gate");
        record.optionalNumber("attempt").ifPresent(attempt -> unit.attempt = attempt.intValue());
        if (record.has("attempt")) {
            unit.handle = Optional.empty();
            unit.captured = Optional.empty();
            unit.reused = false;
        }
        record.optionalObject("recipe").ifPresent(recipe -> {
            unit.captured = Optional.of(Recipe.fromJson(recipe));
            unit.reused = record.flag("reused");
        });
        record.optionalString("handle").ifPresent(handle -> unit.handle = Optional.of(handle));
        record.optionalString("started").ifPresent(at -> unit.started = Optional.of(Instant.parse(at)));
        unit.versions.putAll(ids(record, "versions"));
    }

    private void applyToBase(JsonObject record) {
        NewBase base = bases.get(record.string("base"));
        if (base == null) {
            throw new IllegalArgumentException("nothing is made from a new '" + record.string("base") + "'");
        }
        if (record.has("tested")) {
            base.results.add(TestResult.fromJson(record.object("result")));
            return;
        }
        Unit next = Unit.valueOf(record.string("state"));
        requireMayFollow(base.state, next, NewBase.next(base.state));
        base.state = next;
        base.detail = record.string("detail");
    }

    private static <S extends Enum<S>> void requireMayFollow(S before, S next, Set<S> may) {
        if (!may.contains(next)) {
            throw new IllegalArgumentException(next + " cannot follow " + before);
        }
    }

    /** Where a new version waits. */
    String staging(String model) {
        return stagingPrefix() + model;
    }

    String stagingPrefix() {
        return "staging/" + id + "/";
    }
}
