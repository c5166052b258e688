package dev.mgit.bench;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.codec.Effort;
import dev.mgit.delta.codec.ResidualEntropy;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how blocks are coded. */
@Command(
        name = "codec",
        description = {
            "Ratio and single-core speed of mgit's block coder at every effort, next to published codecs reimplemented",
            "from their papers, on the same blocks. Every block is decoded and compared.",
            "'entropy' is the ratio at the order-0 entropy of the residuals given the exponent of the prediction; of fp8",
            "by itself, at that of the bytes of each block."
        })
public final class BenchCodecCommand implements Callable<Integer> {
    private static final long SLOW_LIMIT = 8 << 20;

    private final Context context;

    @Option(names = "--only", paramLabel = "TEXT", description = "Only pairs whose name contains this text.")
    private String only = "";

    @Option(names = "--mine", description = "Skip the peers.")
    private boolean mine;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "0.6",
            description = "Time for each speed. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "32MB",
            converter = Size.Reader.class,
            description = "Size in bytes of each synthetic model. Default: ${DEFAULT-VALUE}.")
    private Size size = new Size(32_000_000);

    @Mixin
    private final JsonOption json = new JsonOption();

    BenchCodecCommand(Context context) {
        this.context = context;
    }

    private record Row(ModelPair pair, String codec, double ratio, boolean sampled, double encode, double decode) {}

    @Override
    public Integer call() throws IOException {
        Path scratch = Files.createTempDirectory("mgit-bench-");
        try {
            ModelPairs pairs = new ModelPairs(scratch, name -> name.contains(only));
            List<Row> rows = new ArrayList<>();
            List<ModelPair> all = new ArrayList<>(pairs.real());
            all.addAll(pairs.made(size.bytes()));
            for (ModelPair pair : all) {
                List<Row> measured = measure(pair);
                if (!json.wanted()) {
                    print(pair, measured);
                }
                rows.addAll(measured);
            }
            if (json.wanted()) {
                json(rows);
            }
        } finally {
            Trees.delete(scratch);
        }
        return 0;
    }

    private List<Row> measure(ModelPair pair) throws IOException {
        Map<Dtype, List<CodecTrial>> trials = new LinkedHashMap<>();
        Map<Dtype, ResidualEntropy> bounds = new LinkedHashMap<>();
        ByteEntropy alone = new ByteEntropy();
        List<ReferenceCodec> opened = new ArrayList<>();
        try (CodedBlocks blocks = new CodedBlocks(pair)) {
            blocks.forEach((raw, predicted, dtype) -> {
                for (CodecTrial trial : trials.computeIfAbsent(dtype, d -> trials(d, opened))) {
                    trial.add(raw, predicted);
                }
                if (predicted != null) {
                    bounds.computeIfAbsent(dtype, ResidualEntropy::new).add(raw, predicted, raw.length);
                } else if (dtype.bytes() == 1) {
                    alone.add(raw);
                }
            });
            List<Row> rows = new ArrayList<>();
            bounds.forEach((dtype, bound) -> rows.add(new Row(pair, "entropy", bound.ratio(), false, 0, 0)));
            if (alone.ratio() > 0) {
                rows.add(new Row(pair, "entropy", alone.ratio(), false, 0, 0));
            }
            for (List<CodecTrial> ofDtype : trials.values()) {
                for (CodecTrial trial : ofDtype) {
                    rows.add(new Row(
                            pair,
                            trial.name(),
                            trial.ratio(),
                            trial.sampled(),
                            trial.encodeGigabytes(seconds),
                            trial.decodeGigabytes(seconds)));
                }
            }
            return rows;
        } finally {
            opened.forEach(ReferenceCodec::close);
        }
    }

    private List<CodecTrial> trials(Dtype dtype, List<ReferenceCodec> opened) {
        List<CodecTrial> trials = new ArrayList<>();
        for (Effort effort : Effort.values()) {
            trials.add(trial(new BlockCodec(dtype, effort), Long.MAX_VALUE, opened));
        }
        if (!mine) {
            int width = dtype.bytes();
            trials.add(trial(BytePlanes.bitX(width), Long.MAX_VALUE, opened));
            trials.add(trial(BytePlanes.zipNn(width), Long.MAX_VALUE, opened));
            if (width > 1) {
                trials.add(trial(new FmDelta(width), Long.MAX_VALUE, opened));
            }
            trials.add(trial(new PlainZstd(3), Long.MAX_VALUE, opened));
            trials.add(trial(new PlainZstd(19), width > 1 ? SLOW_LIMIT : Long.MAX_VALUE, opened));
        }
        return trials;
    }

    private static CodecTrial trial(ReferenceCodec codec, long limit, List<ReferenceCodec> opened) {
        opened.add(codec);
        return new CodecTrial(codec, limit);
    }

    private void print(ModelPair pair, List<Row> rows) {
        context.output().line("");
        context.output().line(pair.name());
        Table table = context.output().table("codec", "ratio", "in GB/s", "out GB/s");
        for (Row row : rows) {
            table.row(
                    row.codec() + (row.sampled() ? " (first 8 MB)" : ""),
                    ratio(row.ratio()),
                    number(row.encode()),
                    number(row.decode()));
        }
        table.print();
        context.terminal().out().flush();
    }

    /** A third digit where the codecs lie near each other. */
    private static String ratio(double value) {
        return value >= 2 ? number(value) : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String number(double value) {
        return value == 0 ? "-" : String.format(Locale.ROOT, "%.2f", value);
    }

    private void json(List<Row> rows) throws IOException {
        context.output().json(out -> {
            out.writeArrayFieldStart("rows");
            for (Row row : rows) {
                out.writeStartObject();
                out.writeStringField("data", row.pair().name());
                out.writeStringField("codec", row.codec());
                out.writeNumberField("ratio", row.ratio());
                out.writeBooleanField("sampled", row.sampled());
                out.writeNumberField("encode_gb_per_s", row.encode());
                out.writeNumberField("decode_gb_per_s", row.decode());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }
}
