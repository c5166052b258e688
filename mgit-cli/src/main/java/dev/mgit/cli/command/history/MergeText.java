package dev.mgit.cli.command.history;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.merge.Merging;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.lineage.merge.MergePlan;
import dev.mgit.lineage.merge.MergePlan.Conflict;
import dev.mgit.lineage.merge.MergePlan.Dependency;
import dev.mgit.lineage.merge.MergePlan.Problem;
import dev.mgit.lineage.merge.MergeState;
import dev.mgit.lineage.merge.TensorOutput;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a merge prints, and the exit codes that go with it. */
final class MergeText {
    private static final int SHOWN = 20;
    private static final String RESOLVE =
            "resolve with 'mgit merge --continue --strategy ...', or abort with 'mgit merge --abort'";

    private final Context context;
    private final JsonOption json;

    MergeText(Context context, JsonOption json) {
        this.context = context;
        this.json = json;
    }

    /** What would be done. */
    int plan(MergePlan plan, Optional<MergeState> state, List<TestDefinition> tests) throws IOException {
        if (json.wanted()) {
            json("planned", plan, state, Optional.empty(), tests);
        } else {
            facts(plan);
            List<String> names = tests.stream().map(TestDefinition::name).toList();
            if (!names.isEmpty()) {
                context.output().line("Tests that would decide: " + String.join(", ", names));
            }
            context.output()
                    .line(
                            plan.canGoOn()
                                    ? state.map(merge -> "Would make a version of " + merge.model())
                                            .orElse("Would write the result")
                                    : "Would stop");
        }
        return plan.canGoOn() ? 0 : MgitException.Kind.CONFLICT.exitCode();
    }

    /** A merge that waits for the user's word. */
    int stopped(MergePlan plan, MergeState state) throws IOException {
        if (json.wanted()) {
            json("stopped", plan, Optional.of(state), Optional.empty(), List.of());
        } else {
            facts(plan);
        }
        throw new MgitException(MgitException.Kind.CONFLICT, count(plan) + "; no version was made", RESOLVE);
    }

    /** The same where nothing waits. */
    int refused(MergePlan plan) throws IOException {
        if (json.wanted()) {
            json("stopped", plan, Optional.empty(), Optional.empty(), List.of());
        } else {
            facts(plan);
        }
        throw new MgitException(
                MgitException.Kind.CONFLICT, count(plan) + "; nothing was written", "resolve with --strategy");
    }

    /** A result that tests did not let pass. */
    int heldBack(MergePlan plan, MergeState state, List<Verdict> verdicts) throws IOException {
        if (json.wanted()) {
            json("held-back", plan, Optional.of(state), Optional.empty(), List.of());
        } else {
            facts(plan);
            print(verdicts);
        }
        String failed = verdicts.stream()
                .filter(verdict -> !verdict.passed())
                .map(verdict -> verdict.test().name())
                .findFirst()
                .orElse("");
        throw new MgitException(
                MgitException.Kind.GATE,
                "the test '" + failed + "' failed, so the merge stopped; no version was made",
                RESOLVE);
    }

    /** A merge that is a version now. */
    void done(HookSession session, MergePlan plan, MergeState state, Merging.Result result) throws IOException {
        if (json.wanted()) {
            json("merged", plan, Optional.of(state), result.version(), List.of());
            return;
        }
        Output output = context.output();
        VersionId version = result.version().orElseThrow();
        output.line("[" + state.model() + " " + version.abbreviated() + "]"
                + (state.head().isEmpty() ? " (new model)" : ""));
        session.version(version)
                .origins()
                .forEach(edge -> output.line("  " + edge.kind().word() + " of " + edge.model() + "@"
                        + edge.parent().abbreviated()));
        facts(plan);
        print(result.verdicts());
    }

    void written(MergePlan plan, Path folder) throws IOException {
        if (json.wanted()) {
            json("written", plan, Optional.empty(), Optional.empty(), List.of());
        } else {
            facts(plan);
            context.output().line("Wrote " + folder);
        }
    }

    private static String count(MergePlan plan) {
        int conflicts = plan.conflicts().size();
        int problems = plan.problems().size();
        String both = (conflicts == 1 ? "1 conflict" : conflicts + " conflicts")
                + (problems == 0 ? "" : ", and " + problems + " incompatible change(s)");
        return conflicts == 0 ? "the sides are incompatible" : both;
    }

    private void print(List<Verdict> verdicts) {
        verdicts.forEach(
                verdict -> context.output().line("test " + verdict.test().name() + ": " + verdict.text()));
    }

    private void facts(MergePlan plan) {
        Output output = context.output();
        Map<String, Integer> methods = methods(plan);
        output.line("Outcome: " + outcome(plan));
        if (!methods.isEmpty()) {
            output.line("Tensors: "
                    + String.join(
                            ", ",
                            methods.entrySet().stream()
                                    .map(method -> method.getValue() + " " + method.getKey())
                                    .toList()));
        }
        if (!plan.runFiles().isEmpty()) {
            output.line("Taken from ours, as they describe a run: " + String.join(", ", plan.runFiles()));
        }
        for (Problem problem : plan.problems().stream().limit(SHOWN).toList()) {
            output.line("  " + word(problem.reason()) + ": " + problem.text());
        }
        for (Conflict conflict : plan.conflicts().stream().limit(SHOWN).toList()) {
            output.line("  conflict: " + conflict.name()
                    + (conflict.tensors().isEmpty()
                            ? " (file)"
                            : " (" + conflict.tensors().size()
                                    + (conflict.tensors().size() == 1 ? " tensor)" : " tensors)")));
        }
        for (Dependency dependency : plan.dependencies().stream().limit(SHOWN).toList()) {
            output.line("  may depend on each other: " + dependency.ours() + " (ours), " + dependency.theirs()
                    + " (theirs)");
        }
        long more = left(plan.problems()) + left(plan.conflicts()) + left(plan.dependencies());
        if (more > 0) {
            output.line("  and " + more + " more; --json lists all");
        }
    }

    private static long left(List<?> things) {
        return Math.max(0, things.size() - SHOWN);
    }

    private static Map<String, Integer> methods(MergePlan plan) {
        Map<String, Integer> methods = new LinkedHashMap<>();
        for (TensorOutput output : plan.tensors()) {
            methods.merge(output.strategy().method().word(), 1, Integer::sum);
        }
        return methods;
    }

    private static String outcome(MergePlan plan) {
        boolean resolved = plan.outcome() == MergePlan.Outcome.CONFLICT && plan.canGoOn();
        return resolved ? "resolved by --strategy" : word(plan.outcome()).replace('-', ' ');
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void json(
            String result,
            MergePlan plan,
            Optional<MergeState> state,
            Optional<VersionId> version,
            List<TestDefinition> tests)
            throws IOException {
        context.output().json(out -> {
            out.writeStringField("result", result);
            if (version.isPresent()) {
                out.writeStringField("version", version.get().hex());
            }
            if (state.isPresent()) {
                out.writeStringField("model", state.get().model());
                out.writeStringField("ours", state.get().ours().hex());
                out.writeStringField("theirs", state.get().theirs().hex());
                if (state.get().base().isPresent()) {
                    out.writeStringField("base", state.get().base().get().hex());
                }
            }
            fields(out, plan, tests);
        });
    }

    private static void fields(JsonGenerator out, MergePlan plan, List<TestDefinition> tests) throws IOException {
        out.writeStringField("outcome", word(plan.outcome()));
        out.writeObjectFieldStart("tensors");
        for (Map.Entry<String, Integer> method : methods(plan).entrySet()) {
            out.writeNumberField(method.getKey(), method.getValue());
        }
        out.writeEndObject();
        out.writeArrayFieldStart("run_files");
        for (String path : plan.runFiles()) {
            out.writeString(path);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("conflicts");
        for (Conflict conflict : plan.conflicts()) {
            out.writeStartObject();
            out.writeStringField("name", conflict.name());
            out.writeArrayFieldStart("tensors");
            for (String tensor : conflict.tensors()) {
                out.writeString(tensor);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("dependencies");
        for (Dependency dependency : plan.dependencies()) {
            out.writeStartObject();
            out.writeStringField("ours", dependency.ours());
            out.writeStringField("theirs", dependency.theirs());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("problems");
        for (Problem problem : plan.problems()) {
            out.writeStartObject();
            out.writeStringField("reason", word(problem.reason()));
            out.writeStringField("text", problem.text());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("tests");
        for (TestDefinition test : tests) {
            out.writeString(test.name());
        }
        out.writeEndArray();
    }
}
