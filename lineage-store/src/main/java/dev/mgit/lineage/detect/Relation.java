package dev.mgit.lineage.detect;

import dev.mgit.delta.format.Formats;
import dev.mgit.lineage.version.EdgeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How one model comes from another, if it does.
 *
 * @param kind of the step
 * @param odds natural logarithm of the odds that a is the parent of b rather than the other way around; a rule that
 *     admits no doubt counts {@link #CERTAIN}
 * @param distance see {@link SketchComparison#distance}
 * @param evidence in plain words, the weights first
 */
record Relation(EdgeKind kind, double odds, double distance, List<String> evidence) {
    static final double CERTAIN = 20;

    /**
     * Relatives further apart than this, in variances of the weights, share an ancestor rather than being parent and
     * child: 8-bit quantization and 50% pruning move a model by 0.1, training BGE v1.5 on from v1 by 0.002, while
     * models grown from one early checkpoint by different hands (BGE and E5 small) are 0.4 apart.
     */
    static final double FURTHEST = 0.25;

    private static final double SAME = 0.999;

    /** Of a whole with a head added at least so much was there before; a part taken out of one is less than half. */
    private static final double MOSTLY_THERE = 0.8;

    private static final double HALF = 0.5;
    private static final double HEAD_ODDS = 0.5;
    private static final double PART_ODDS = 4;

    Relation {
        evidence = List.copyOf(evidence);
    }

    boolean isCertain() {
        return Math.abs(odds) >= CERTAIN;
    }

    Relation with(double moreOdds, String reason) {
        List<String> all = new ArrayList<>(evidence);
        all.add(reason);
        return new Relation(kind, odds + moreOdds, distance, all);
    }

    /** What the weights say of two models; empty if one was hardly made from the other. */
    static Optional<Relation> of(SketchComparison likeness) {
        boolean same = likeness.isSame();
        if (!same && (!likeness.isRelated() || likeness.distance() > FURTHEST)) {
            return Optional.empty();
        }
        var reader = new Reader(likeness);
        return Optional.of((same ? reader.same() : Optional.<Relation>empty())
                .or(reader::quantized)
                .or(reader::pruned)
                .or(reader::unchanged)
                .or(reader::rounded)
                .orElseGet(reader::trained));
    }

    /** Rules for each kind, the surest first. */
    private static final class Reader {
        private final SketchComparison likeness;
        private final List<String> evidence = new ArrayList<>();

        Reader(SketchComparison likeness) {
            this.likeness = likeness;
            evidence.add(text(
                    "%d of %d weights correspond, %d of them the same in every sample",
                    likeness.related().size(),
                    likeness.b().tensors().stream()
                            .filter(TensorSketch::isWeight)
                            .count(),
                    likeness.same()));
            evidence.add(text("distance %.2g of the weights' deviation", Math.sqrt(likeness.distance())));
        }

        private Relation relation(EdgeKind kind, double odds, String reason) {
            evidence.add(reason);
            return new Relation(kind, odds, likeness.distance(), evidence);
        }

        /** All tensors are the same: another name for a model, another format of it, or another type. */
        Optional<Relation> same() {
            if (isRenamed()) {
                return unchanged();
            }
            int narrower = narrower(likeness);
            evidence.clear();
            evidence.add(text(
                    "all %d tensors are the same in every sample",
                    ModelSketch.contents(likeness.b().tensors()).size()));
            return Optional.of(
                    narrower == 0
                            ? new Relation(EdgeKind.COPY, 0, 0, evidence)
                            : new Relation(EdgeKind.CAST, narrower / 2.0, 0, evidence).with(0, "in another type"));
        }

        private boolean isRenamed() {
            return likeness.renamed() + likeness.transposed() > 0
                    || !likeness.a().formats().equals(likeness.b().formats());
        }

        Optional<Relation> quantized() {
            boolean a = mostlyScaled(likeness.a()) || onlyScaledDiffer(likeness.reversed());
            boolean b = mostlyScaled(likeness.b()) || onlyScaledDiffer(likeness);
            return a == b
                    ? Optional.empty()
                    : Optional.of(relation(
                            EdgeKind.QUANTIZE, b ? CERTAIN : -CERTAIN, "one has numbers of few bits with scales"));
        }

        /** Whether all that is not the same are numbers of few bits in b alone: often embeddings, most of a small model, stay. */
        private static boolean onlyScaledDiffer(SketchComparison likeness) {
            List<TensorPair> different = likeness.related().stream()
                    .filter(pair -> pair.equal() < pair.count())
                    .toList();
            return !different.isEmpty()
                    && different.stream()
                            .allMatch(pair -> pair.b().scaled() && !pair.a().scaled());
        }

        private static boolean mostlyScaled(ModelSketch model) {
            long scaled = model.tensors().stream()
                    .filter(tensor -> tensor.isWeight() && tensor.scaled())
                    .mapToLong(TensorSketch::elements)
                    .sum();
            return 2 * scaled > model.elements();
        }

        Optional<Relation> pruned() {
            double zeroed = likeness.share(TensorPair::zeroedInB) - likeness.share(TensorPair::zeroedInA);
            if (Math.abs(zeroed) < 0.1) {
                return Optional.empty();
            }
            double kept = likeness.related().stream()
                    .mapToDouble(TensorPair::kept)
                    .average()
                    .orElse(0);
            evidence.add(text("%.0f%% of the weights became zero", Math.abs(zeroed) * 100));
            evidence.add(text("distance %.2g over those that did not", Math.sqrt(kept)));
            return Optional.of(new Relation(EdgeKind.PRUNE, zeroed > 0 ? CERTAIN : -CERTAIN, kept, evidence));
        }

        /** Equal values in other clothes: another format, other names, another layout, a wider type, more rows. */
        Optional<Relation> unchanged() {
            if (likeness.share(TensorPair::equal) < SAME) {
                return Optional.empty();
            }
            boolean renamed = isRenamed();
            int narrower = narrower(likeness);
            if (likeness.grown() != 0) {
                double odds = likeness.grown() > 0 ? 2 : -2;
                return Optional.of(relation(EdgeKind.FINETUNE, odds, "equal except for added rows or columns"));
            }
            boolean whole = Math.min(likeness.shareOfA(), likeness.shareOfB()) > SAME;
            if (narrower != 0 && whole) {
                return Optional.of(relation(EdgeKind.CAST, narrower / 2.0, "equal values in another dtype"));
            }
            if (!renamed) {
                String reason = whole ? "all weights are the same" : "equal except for tensors added or replaced";
                return Optional.of(
                        whole && !likeness.differsInSmall()
                                ? relation(EdgeKind.COPY, 0, reason)
                                : relation(EdgeKind.FINETUNE, partOdds(), reason));
            }
            double odds = 4.0 * (exported(likeness.b()) - exported(likeness.a())) + partOdds();
            return Optional.of(relation(EdgeKind.CONVERT, odds, "equal values under other names, layouts or formats"));
        }

        /** A head is added to a model, while a small part is taken from a whole. */
        private double partOdds() {
            double share = Math.min(likeness.shareOfA(), likeness.shareOfB());
            int whole = likeness.shareOfA() > likeness.shareOfB() ? 1 : -1;
            return share > SAME ? 0 : share >= MOSTLY_THERE ? HEAD_ODDS * whole : share < HALF ? -PART_ODDS * whole : 0;
        }

        private static int exported(ModelSketch model) {
            return model.formats().stream().anyMatch(Formats::isExport) ? 1 : 0;
        }

        Optional<Relation> rounded() {
            int narrower = narrower(likeness);
            double share = likeness.share(narrower > 0 ? TensorPair::roundedInB : TensorPair::roundedInA);
            return narrower == 0 || share < 0.99
                    ? Optional.empty()
                    : Optional.of(relation(EdgeKind.CAST, narrower * CERTAIN, "values rounded to a narrower dtype"));
        }

        /** 1 if most of b's weights are of a float type with fewer bits of mantissa, -1 if a's are, else 0. */
        private static int narrower(SketchComparison likeness) {
            double sign = likeness.related().stream()
                    .mapToDouble(pair -> Integer.signum(pair.a().dtype().mantissaBits()
                                    - pair.b().dtype().mantissaBits())
                            * (double) pair.b().elements())
                    .sum();
            double all = likeness.related().stream()
                    .mapToDouble(pair -> pair.b().elements())
                    .sum();
            return Math.abs(sign) > all / 2 ? (int) Math.signum(sign) : 0;
        }

        Relation trained() {
            int rank = LowRankTest.of(likeness.related());
            if (rank > 0) {
                evidence.add("the update is of rank " + rank + ", as a merged adapter's is");
            }
            Direction direction = Direction.of(likeness);
            return relation(
                    EdgeKind.FINETUNE, (rank > 0 ? 0 : direction.odds()) + narrower(likeness), direction.words());
        }
    }

    static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
