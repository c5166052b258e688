package dev.mgit.cli.command.lineage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.VersionText;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.query.Find.Query;
import dev.mgit.lineage.query.MetricCondition;
import dev.mgit.lineage.query.TensorSearch;
import dev.mgit.lineage.tensorindex.TensorCondition;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.version.Glob;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds versions by what is known of them. */
@Command(
        name = "find",
        description = {
            "Find versions by metadata, by what they were made with, by test results or tensors, newest first. All "
                    + "conditions must match.",
            "Conditions on tensor hash, shape and dtype use an index, built on first use."
        })
public final class FindCommand implements Callable<Integer> {
    private final Context context;

    @Option(names = "--model", paramLabel = "GLOB", description = "Only versions of these models.")
    private @Nullable String model;

    @Option(names = "--author", paramLabel = "TEXT", description = "Author name or email contains TEXT.")
    private @Nullable String author;

    @Option(names = "--text", paramLabel = "TEXT", description = "Message contains TEXT.")
    private @Nullable String text;

    @Option(
            names = "--since",
            paramLabel = "DATE",
            description = "Committed on or after DATE: 2026-01-31, optionally " + "with a time.")
    private @Nullable String since;

    @Option(
            names = "--until",
            paramLabel = "DATE",
            description = "Committed on or before DATE (the whole day if no " + "time is given).")
    private @Nullable String until;

    @Option(names = "--trailer", paramLabel = "K[=V]", description = "Has the trailer K, with value V if given.")
    private List<String> trailers = new ArrayList<>();

    @Option(names = "--kind", paramLabel = "KIND", description = "Derived this way: finetune, quantize, …")
    private List<String> kinds = new ArrayList<>();

    @Option(
            names = "--metric",
            paramLabel = "CONDITION",
            description = "Latest test result satisfies this, for example 'accuracy>=0.9'.")
    private List<String> metrics = new ArrayList<>();

    @Option(names = "--tensor", paramLabel = "HASH", description = "Contains a tensor whose hash starts with HASH.")
    private @Nullable String hash;

    @Option(names = "--tensor-name", paramLabel = "GLOB", description = "Contains a tensor whose name matches GLOB.")
    private @Nullable String tensorName;

    @Option(names = "--shape", paramLabel = "SHAPE", description = "Contains a tensor of this shape: 30522x384, *x384.")
    private @Nullable String shape;

    @Option(names = "--dtype", paramLabel = "DTYPE", description = "Contains a tensor of this dtype: BF16, F32, I8, …")
    private @Nullable String dtype;

    @Mixin
    private final MakingOptions making = new MakingOptions();

    @Option(names = "-n", paramLabel = "N", description = "Show at most N versions.")
    private int limit = Integer.MAX_VALUE;

    @Mixin
    private final JsonOption json = new JsonOption();

    FindCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 0) {
            throw MgitException.usage("-n must be 0 or more");
        }
        Query query = query();
        try (Session session = Session.open(context);
                HookSession hooks = HookSession.within(context, session, new WaitOption())) {
            LineageGraph graph = session.repository().graph();
            List<TensorSearch.Match> found = new dev.mgit.lineage.query.Find(
                            graph,
                            session.repository().lineage(),
                            session.repository().tensorIndex())
                    .all(query, making.query(context).in(hooks.workspace(), context.output()::warning), limit);
            var names = new VersionText(graph, context.output());
            if (json.wanted()) {
                context.output().json(out -> json(out, graph, names, found));
            } else {
                print(graph, names, found);
            }
        }
        return 0;
    }

    private Query query() {
        Map<String, String> wanted = new LinkedHashMap<>();
        for (String trailer : trailers) {
            int equals = trailer.indexOf('=');
            wanted.put(
                    equals < 0 ? trailer : trailer.substring(0, equals),
                    equals < 0 ? "" : trailer.substring(equals + 1));
        }
        return new Query(
                Optional.ofNullable(model).map(Glob::new),
                Optional.ofNullable(author),
                wanted,
                Optional.ofNullable(text),
                Optional.ofNullable(since).map(date -> moment(date, false)),
                Optional.ofNullable(until).map(date -> moment(date, true)),
                Kinds.parse(kinds),
                tensor(),
                metrics.stream().map(MetricCondition::parse).toList());
    }

    private Optional<TensorCondition> tensor() {
        if (hash == null && tensorName == null && shape == null && dtype == null) {
            return Optional.empty();
        }
        if (hash != null && !TensorSearch.looksLikeHash(hash)) {
            throw MgitException.usage("'" + hash + "' is not the hash of a tensor: four to 64 of the digits 0-9a-f");
        }
        return Optional.of(new TensorCondition(
                Optional.ofNullable(tensorName).map(Glob::new),
                Optional.ofNullable(hash),
                Optional.ofNullable(shape).map(TensorCondition::parseShape),
                Optional.ofNullable(dtype).map(FindCommand::dtype)));
    }

    private static Dtype dtype(String word) {
        String known = Arrays.stream(Dtype.values()).map(Dtype::name).collect(Collectors.joining(", "));
        return Arrays.stream(Dtype.values())
                .filter(one -> one.name().equals(word.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE, "unknown dtype '" + word + "'", "use one of " + known));
    }

    /** A day begins and ends where the user is. */
    private static Instant moment(String date, boolean end) {
        try {
            if (date.length() > 10) {
                return Instant.parse(date);
            }
            LocalDate day = LocalDate.parse(date);
            Instant start = day.plusDays(end ? 1 : 0)
                    .atStartOfDay(ZoneId.systemDefault())
                    .toInstant();
            return end ? start.minusSeconds(1) : start;
        } catch (DateTimeException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + date + "' is not a date",
                    "write it as 2026-01-31 or 2026-01-31T12:00:00Z",
                    e);
        }
    }

    private void print(LineageGraph graph, VersionText names, List<TensorSearch.Match> found) {
        Output output = context.output();
        for (TensorSearch.Match match : found) {
            names.brief(graph.version(match.version()), false).forEach(output::line);
            match.tensors().forEach(tensor -> output.line("    " + tensor(tensor)));
        }
        if (found.isEmpty()) {
            output.note("no matching versions");
        }
    }

    private static String tensor(TensorLocation tensor) {
        return tensor.object().abbreviated() + "  " + tensor.spec().dtype() + "  "
                + Output.shape(tensor.spec().shape()) + "  " + tensor.name();
    }

    private static void json(JsonGenerator json, LineageGraph graph, VersionText names, List<TensorSearch.Match> found)
            throws IOException {
        json.writeArrayFieldStart("versions");
        for (TensorSearch.Match match : found) {
            json.writeStartObject();
            names.fields(json, graph.version(match.version()));
            json.writeBooleanField("open", match.open());
            json.writeArrayFieldStart("tensors");
            for (TensorLocation tensor : match.tensors()) {
                json.writeStartObject();
                json.writeStringField("name", tensor.name());
                json.writeStringField("file", tensor.path());
                json.writeStringField("object", tensor.object().hex());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
