package dev.mgit.serve.web;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.cascade.UpdateHolder;
import dev.mgit.hooks.cascade.UpdateLogs;
import dev.mgit.hooks.cascade.UpdateOptions;
import dev.mgit.hooks.cascade.UpdatePlan;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Executors;
import dev.mgit.serve.http.HttpError;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the update in progress stands, or how the latest ended, out of its records.
 *
 * @param present whether it is in progress
 * @param holder the process at work on it, or the last one that was and was killed
 */
record UpdateFacts(Optional<UpdateReport> report, boolean present, Optional<UpdateHolder> holder, boolean cancelled) {
    /** Bytes of a log's end that are shown. */
    private static final int TAIL = 32 << 10;

    static UpdateFacts of(LineageView view) {
        return view.inWorkspace(workspace -> with(workspace, updates -> {
            Optional<UpdateReport> present = updates.status();
            return new UpdateFacts(
                    present.or(() -> updates.last().map(UpdateReport::fromJson)),
                    present.isPresent(),
                    present.isPresent() ? updates.holder() : Optional.empty(),
                    present.isPresent() && updates.cancelled());
        }));
    }

    /** Which models are stale by what the lineage alone says; reads no data and asks no program. */
    static UpdatePlan glance(LineageView view) {
        return view.inWorkspace(workspace -> with(workspace, updates -> updates.glance(UpdateOptions.ofStale())));
    }

    /** The same by all that recipes read, which may take long. */
    static UpdatePlan plan(Workspace workspace) {
        return with(workspace, updates -> updates.plan(UpdateOptions.ofStale()));
    }

    private static <T> T with(Workspace workspace, Function<Updates, T> question) {
        try (Executor executor = Executors.onThisMachine(workspace::setting, workspace.environment())) {
            return question.apply(new Updates(workspace, executor, JobProgress.NONE));
        }
    }

    /** Whether a process works on it now. */
    boolean running() {
        return holder.filter(UpdateHolder::alive).isPresent();
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("inProgress", present);
        json.put("running", running());
        json.put("cancelled", cancelled);
        report.ifPresent(found -> {
            Map<String, @Nullable Object> said =
                    new LinkedHashMap<>(found.toJson().members());
            said.remove("logs"); // a path on this machine
            said.remove("schema");
            json.put("update", new JsonObject(said));
        });
        holder.ifPresent(process -> json.put("process", process.toJson()));
        return json;
    }

    /** The end of what a model's command printed. */
    static Map<String, Object> log(LineageView view, String model) {
        return view.inWorkspace(workspace -> with(workspace, updates -> {
            UpdateLogs logs = updates.logs(model);
            return Map.of(
                    "model", model,
                    "out", tail(workspace.scratch(), logs.stdout()),
                    "err", tail(workspace.scratch(), logs.stderr()),
                    "over", logs.over());
        }));
    }

    /** The report that names the file is a file in the repository like any other: what is outside it is not read. */
    private static String tail(Path scratch, Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                return "";
            }
            if (!file.toRealPath().startsWith(scratch.toRealPath())) {
                throw new HttpError(403, "the log is not in the repository");
            }
            try (var in = new RandomAccessFile(file.toFile(), "r")) {
                long from = Math.max(0, in.length() - TAIL);
                byte[] bytes = new byte[(int) (in.length() - from)];
                in.seek(from);
                in.readFully(bytes);
                return (from > 0 ? "…\n" : "") + new String(bytes, StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
