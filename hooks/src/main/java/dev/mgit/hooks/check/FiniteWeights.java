package dev.mgit.hooks.check;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.numeric.NonFinite;
import dev.mgit.hooks.FolderTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * NaN and infinity in the weights of a model, of every format and dtype that is known; a stretch of a tensor is in memory
 * at a time. A trainer's state is passed over.
 */
final class FiniteWeights {
    private static final int STRETCH = 1 << 18;
    private static final int SHOWN = 100;

    private final List<String> lines = new ArrayList<>();
    private String first = "";
    private long tensors;
    private long unread;
    private long bad;
    private long nan;
    private long infinite;

    private FiniteWeights() {}

    static FiniteWeights of(Path model) {
        var check = new FiniteWeights();
        for (String file : FolderTools.files(model)) {
            if (!TrainingState.isFile(file)) {
                check.file(model.resolve(file), file);
            }
        }
        return check;
    }

    private void file(Path file, String name) {
        try (FileByteSource source = FileByteSource.open(file)) {
            Layout layout = Formats.layoutOf(file, source);
            ByteSource content = layout.content(source);
            List<LogicalTensor> all = layout.tensors();
            Set<String> state =
                    TrainingState.among(all.stream().map(LogicalTensor::name).toList());
            for (LogicalTensor tensor : all) {
                if (!state.contains(tensor.name())) {
                    tensor(name, content, tensor);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tensor(String file, ByteSource source, LogicalTensor tensor) throws IOException {
        if (tensor.unreadable().isPresent() || tensor.isEndless(source.size())) {
            unread++;
            line(file + ": " + tensor.name() + " was not checked: "
                    + tensor.unreadable().orElse("it repeats its elements too often"));
            return;
        }
        tensors++;
        if (NonFinite.possible(tensor.spec().dtype())) {
            found(file, tensor, count(tensor.spec().dtype(), tensor.open(source)));
        }
    }

    /** What one tensor has of them: numbers of elements, and where the first is. */
    private record Count(long nan, long infinite, long first) {}

    private static Count count(Dtype dtype, ByteSource data) throws IOException {
        int width = dtype.bytes();
        byte[] bytes = new byte[STRETCH / width * width];
        long nan = 0;
        long infinite = 0;
        long first = -1;
        long size = data.size();
        for (long at = 0; at < size; at += bytes.length) {
            int length = (int) Math.min(bytes.length, size - at);
            data.read(at, bytes, 0, length);
            for (int i = 0; i + width <= length; i += width) {
                NonFinite.Kind kind = NonFinite.of(dtype, bytes, i);
                if (kind == NonFinite.Kind.FINITE) {
                    continue;
                }
                first = first < 0 ? (at + i) / width * dtype.blockElements() : first;
                nan += kind == NonFinite.Kind.NAN ? dtype.blockElements() : 0;
                infinite += kind == NonFinite.Kind.INFINITE ? dtype.blockElements() : 0;
            }
        }
        return new Count(nan, infinite, first);
    }

    private void found(String file, LogicalTensor tensor, Count count) {
        if (count.first() < 0) {
            return;
        }
        bad++;
        nan += count.nan();
        infinite += count.infinite();
        List<String> counts = new ArrayList<>();
        if (count.nan() > 0) {
            counts.add(count.nan() + " NaN");
        }
        if (count.infinite() > 0) {
            counts.add(count.infinite() + " infinite");
        }
        String finding = file + ": " + tensor.name() + " has " + String.join(" and ", counts) + ", the first at "
                + index(count.first(), tensor.spec().shape());
        first = bad == 1 ? finding : first;
        line(finding);
    }

    private void line(String line) {
        if (lines.size() < SHOWN) {
            lines.add(line);
        }
    }

    /** A position in row-major order as one index for each dimension. */
    private static List<Long> index(long position, List<Long> shape) {
        List<Long> index = new ArrayList<>();
        long rest = position;
        for (int i = shape.size() - 1; i >= 0; i--) {
            index.add(0, rest % shape.get(i));
            rest /= shape.get(i);
        }
        return index;
    }

    BuiltIn.Report report() {
        if (tensors + unread == 0) {
            return new BuiltIn.Report(Map.of(), "found no tensors", "");
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("nan", (double) nan);
        metrics.put("infinite", (double) infinite);
        metrics.put("tensors", (double) tensors);
        metrics.put("unread", (double) unread);
        String summary = bad == 0
                ? "checked " + tensors + " tensors"
                : first + (bad > 1 ? "; " + (bad - 1) + " more tensor" + (bad > 2 ? "s" : "") : "");
        return new BuiltIn.Report(metrics, summary, String.join("\n", lines) + (lines.isEmpty() ? "" : "\n"));
    }
}
