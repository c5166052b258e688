package dev.mgit.delta.format;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.Layout.Range;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts tensors that hold the experts of a mixture one after the other into a range for each expert: an expert is stored,
 * found again and predicted by itself, whatever its place and its neighbours. Stacked ones have three dimensions, experts
 * first; the flat ones of MegaBlocks' dropless mixtures ({@code [E·f, h]}) have as many experts as the router of their
 * block has rows. What the file's owner sees stays one tensor.
 */
final class ExpertRanges {
    private static final Pattern EXPERTS = Pattern.compile("(^|[._])(experts|moe|block_sparse_moe)([._]|$)|_exps\\.");
    private static final Pattern FLAT = Pattern.compile("(^|\\.)(w1|w2|v1)$");
    private static final Pattern ROUTER =
            Pattern.compile("(.*?)(ffn|mlp|moe|block_sparse_moe)?\\.?router(\\.layer)?\\.weight");
    private static final int MAX_EXPERTS = 4096;
    /** Smaller ones cost more to list than they can save. */
    private static final int LEAST_BYTES = 512;

    private ExpertRanges() {}

    static Layout cut(Layout layout) {
        if (layout.ranges().stream().noneMatch(range -> isExperts(range))) {
            return layout;
        }
        Set<String> names = new HashSet<>();
        layout.ranges().forEach(range -> range.tensor().ifPresent(spec -> names.add(spec.name())));
        List<Range> ranges = new ArrayList<>();
        for (Range range : layout.ranges()) {
            long experts = isExperts(range) ? experts(range.tensor().orElseThrow(), layout) : 0;
            List<Range> slices = experts > 1 ? slices(range, experts) : List.of();
            boolean free = slices.stream()
                    .map(slice -> slice.tensor().orElseThrow().name())
                    .noneMatch(names::contains);
            ranges.addAll(slices.isEmpty() || !free ? List.of(range) : slices);
        }
        return new Layout(layout.format(), ranges, layout.tensors());
    }

    private static boolean isExperts(Range range) {
        return range.tensor()
                .filter(spec -> EXPERTS.matcher(spec.name()).find())
                .isPresent();
    }

    private static long experts(TensorSpec spec, Layout layout) {
        List<Long> shape = spec.shape();
        if (shape.size() == 3) {
            return shape.get(0);
        }
        boolean flat = shape.size() == 2 && FLAT.matcher(spec.name()).find();
        return flat
                ? routed(spec, layout).filter(rows -> shape.get(0) % rows == 0).orElse(0L)
                : 0;
    }

    /** Rows of the router whose name begins as the tensor's does. */
    private static Optional<Long> routed(TensorSpec spec, Layout layout) {
        return layout.ranges().stream()
                .flatMap(range -> range.tensor().stream())
                .filter(router -> router.shape().size() == 2
                        && router.shape().get(1).equals(spec.shape().get(1)))
                .filter(router -> {
                    Matcher name = ROUTER.matcher(router.name());
                    return name.matches() && spec.name().startsWith(name.group(1));
                })
                .map(router -> router.shape().get(0))
                .filter(rows -> rows > 0)
                .findFirst();
    }

    private static List<Range> slices(Range range, long experts) {
        TensorSpec spec = range.tensor().orElseThrow();
        long bytes = range.length() / experts;
        boolean whole = range.length() % experts == 0 && spec.elements() % experts == 0;
        if (!whole || experts > MAX_EXPERTS || bytes < LEAST_BYTES) {
            return List.of();
        }
        boolean stacked = spec.shape().size() == 3;
        List<Long> shape = stacked
                ? spec.shape().subList(1, 3)
                : List.of(spec.shape().get(0) / experts, spec.shape().get(1));
        List<Range> slices = new ArrayList<>();
        for (int i = 0; i < experts; i++) {
            var slice = new TensorSpec(spec.name() + "[" + i + "]", spec.dtype(), shape);
            if (slice.byteLength() != bytes) {
                return List.of();
            }
            slices.add(new Range(range.offset() + i * bytes, bytes, Optional.of(slice)));
        }
        return slices;
    }
}
