package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.JobStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says how updates stand and ended. */
final class UpdateReports {
    private final CascadeFiles files;
    private final Executor executor;

    UpdateReports(CascadeFiles files, Executor executor) {
        this.files = files;
        this.executor = executor;
    }

    Optional<UpdateReport> present() {
        return state().map(this::of);
    }

    private Optional<CascadeState> state() {
        return files.underWay() ? CascadeState.read(files.journal()) : Optional.empty();
    }

    boolean damaged() {
        try {
            var unused = CascadeState.read(files.journal());
            return false;
        } catch (MgitException e) {
            return true;
        }
    }

    UpdateReport of(CascadeState state) {
        List<UpdateReport.Line> lines = new ArrayList<>();
        state.bases.forEach((model, base) -> {
            if (base.state == CascadeState.Unit.FAILED) {
                lines.add(new UpdateReport.Line(
                        model, "failed", base.detail, true, false, List.of(), Map.of(model, base.version), Map.of()));
            }
        });
        for (int index = 0; index < state.units.size(); index++) {
            lines.add(line(state, index));
        }
        state.left.forEach(left -> lines.add(UpdateReport.Line.stale(left.model(), left.head(), left.reason())));
        return new UpdateReport(
                state.id,
                state.target,
                state.updateState().name().toLowerCase(Locale.ROOT),
                lines,
                files.logs(state.id));
    }

    private UpdateReport.Line line(CascadeState state, int index) {
        UpdatePlan.Unit unit = state.units.get(index);
        CascadeState.Progress at = state.unit(index);
        String detail = at.detail;
        if (at.state == CascadeState.Unit.RUNNING && state.executor.equals(executor.name()) && !at.reused) {
            detail = executor.peek(handle(state, index)).detail();
        }
        return new UpdateReport.Line(
                unit.name(),
                at.state.word(),
                detail.isEmpty() && at.reused ? "reused" : detail,
                at.gate,
                at.reused,
                unit.reasons(),
                unit.heads(),
                at.versions);
    }

    private JobHandle handle(CascadeState state, int index) {
        CascadeState.Progress at = state.unit(index);
        return new JobHandle(
                at.handle.orElse(""), files.attempt(index, at.attempt).resolve("job"));
    }

    Optional<JsonObject> last() {
        return files.lastReport().map(bytes -> JsonMembers.read(bytes, "the last update's report", this::checked));
    }

    /**
     * A report with its logs where this repository keeps them: the file may be anybody's, and its names become paths.
     *
     * @throws IllegalArgumentException if it is no report
     */
    private JsonObject checked(JsonObject json) {
        Path logs = files.logs(CascadeState.requireId(json.string("id")));
        Map<String, @Nullable Object> members = new LinkedHashMap<>(json.members());
        members.put("logs", logs.toString());
        var checked = new JsonObject(members);
        UpdateReport.fromJson(checked)
                .lines()
                .forEach(line -> CascadeState.requireModels(line.before().keySet()));
        return checked;
    }

    /** Makes a report the latest. */
    UpdateReport keep(UpdateReport report) {
        FolderTools.replace(files.lastFile(), Json.pretty(report.toJson()));
        return report;
    }

    /** Whether a unit's command has printed all it will, as far as anybody is there to start it. */
    private boolean printed(CascadeState state, int index) {
        boolean watched =
                UpdateHolder.of(files.scratch()).filter(UpdateHolder::alive).isPresent();
        return switch (state.state(index)) {
            case PLANNED -> !watched;
            case RUNNING -> {
                JobStatus job = executor.peek(handle(state, index));
                // On this machine nothing waits: what neither runs nor has ended was killed.
                yield job.over() || (!watched && !executor.queues() && job.state() == JobStatus.State.WAITING);
            }
            default -> true;
        };
    }

    UpdateLogs logs(String model) {
        Optional<CascadeState> state = state();
        if (state.isPresent()) {
            for (int index = 0; index < state.get().units.size(); index++) {
                if (state.get().units.get(index).heads().containsKey(model)) {
                    JobHandle handle = handle(state.get(), index);
                    return new UpdateLogs(handle.stdout(), handle.stderr(), printed(state.get(), index));
                }
            }
        }
        Optional<UpdateReport> last = state.isPresent() ? Optional.empty() : last().map(UpdateReport::fromJson);
        boolean made = last.stream()
                .flatMap(report -> report.lines().stream())
                .anyMatch(line -> line.before().containsKey(model));
        if (!made) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the latest update does not make '" + model + "'",
                    "'mgit update --status' lists what it makes");
        }
        Path folder = last.get().logs();
        return new UpdateLogs(folder.resolve(model + ".out.log"), folder.resolve(model + ".err.log"), true);
    }
}
