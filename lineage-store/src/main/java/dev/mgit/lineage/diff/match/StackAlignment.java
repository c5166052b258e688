package dev.mgit.lineage.diff.match;

import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.TensorSamples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Matches the blocks of one stack with order kept, by content before structure before name: the structural and
 * contextual diff of MGit (Hao et al., "MGit: A Model Versioning and Management System", arXiv 2307.07507, algorithm 2),
 * which matches the edges of two layer graphs by their hashes and then drops matches that invert the order. Blocks of a
 * stack form a chain, so here the order-keeping match is found exactly, as an alignment; and where content hashes tell
 * nothing, because training touched every layer, the correlation of sampled weights takes their place.
 */
final class StackAlignment {
    /** Longer stacks are matched by name; the alignment's cost is quadratic. */
    private static final int MAX_BLOCKS = 1024;

    /** Blocks are compared by this many of their largest tensors. */
    private static final int WITNESSES = 2;

    /** Prefers the block of the same number among equally similar ones. */
    private static final double SAME_NAME = 0.05;

    private final List<Unit> a;
    private final List<Unit> b;
    private final TensorSamples samples;
    private final double[][] similarity;

    StackAlignment(List<Unit> a, List<Unit> b, TensorSamples samples) {
        this.a = a;
        this.b = b;
        this.samples = samples;
        boolean aligned = a.size() <= MAX_BLOCKS && b.size() <= MAX_BLOCKS;
        this.similarity = new double[aligned ? a.size() : 0][aligned ? b.size() : 0];
    }

    List<UnitMatch> match() throws IOException {
        int[] partner = new int[a.size()];
        Arrays.fill(partner, -1);
        if (similarity.length == 0 || inPlace()) {
            byName(partner, new boolean[b.size()]);
            return matches(partner, new boolean[a.size()]);
        }
        for (int i = 0; i < a.size(); i++) {
            for (int j = 0; j < b.size(); j++) {
                similarity[i][j] = similarity(a.get(i), b.get(j));
            }
        }
        align(partner);
        boolean[] moved = new boolean[a.size()];
        boolean[] taken = taken(partner);
        moves(partner, taken, moved);
        byName(partner, taken);
        return matches(partner, moved);
    }

    /** The usual case: as many blocks on both sides, each closest to the one of its own number. */
    private boolean inPlace() throws IOException {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (similarity(a.get(i), b.get(i)) < TensorSamples.RELATED) {
                return false;
            }
        }
        return true;
    }

    private double similarity(Unit left, Unit right) throws IOException {
        double sum = 0;
        int count = 0;
        List<CheckpointTensor> largest = left.weights().stream()
                .sorted((x, y) -> Long.compare(y.elements(), x.elements()))
                .limit(WITNESSES)
                .toList();
        for (CheckpointTensor witness : largest) {
            Optional<CheckpointTensor> other = right.weights().stream()
                    .filter(weight -> right.suffix(weight).equals(left.suffix(witness)))
                    .findFirst();
            Optional<Double> found = other.isPresent() ? samples.correlation(witness, other.get()) : Optional.empty();
            if (found.isPresent()) {
                sum += found.get();
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    private double score(int i, int j) {
        if (similarity[i][j] < TensorSamples.RELATED) {
            return 0;
        }
        return similarity[i][j] + (a.get(i).name().equals(b.get(j).name()) ? SAME_NAME : 0);
    }

    /** The order-keeping set of related pairs with the greatest total similarity. */
    private void align(int[] partner) {
        double[][] best = new double[a.size() + 1][b.size() + 1];
        for (int i = a.size() - 1; i >= 0; i--) {
            for (int j = b.size() - 1; j >= 0; j--) {
                best[i][j] = Math.max(best[i + 1][j], best[i][j + 1]);
                double score = score(i, j);
                if (score > 0) {
                    best[i][j] = Math.max(best[i][j], score + best[i + 1][j + 1]);
                }
            }
        }
        int i = 0;
        int j = 0;
        while (i < a.size() && j < b.size()) {
            double score = score(i, j);
            if (score > 0 && best[i][j] == score + best[i + 1][j + 1]) {
                partner[i++] = j++;
            } else if (best[i][j] == best[i + 1][j]) {
                i++;
            } else {
                j++;
            }
        }
    }

    private boolean[] taken(int[] partner) {
        boolean[] taken = new boolean[b.size()];
        for (int j : partner) {
            if (j >= 0) {
                taken[j] = true;
            }
        }
        return taken;
    }

    /** Related pairs the order left out. */
    private void moves(int[] partner, boolean[] taken, boolean[] moved) {
        for (int i = 0; i < a.size(); i++) {
            for (int j = 0; partner[i] < 0 && j < b.size(); j++) {
                if (!taken[j] && similarity[i][j] >= TensorSamples.RELATED) {
                    partner[i] = j;
                    taken[j] = true;
                    moved[i] = true;
                }
            }
        }
    }

    /** Blocks without a related one stand for the block of their own number, if that is free too. */
    private void byName(int[] partner, boolean[] taken) {
        for (int i = 0; i < a.size(); i++) {
            for (int j = 0; partner[i] < 0 && j < b.size(); j++) {
                if (!taken[j] && number(a.get(i)).equals(number(b.get(j)))) {
                    partner[i] = j;
                    taken[j] = true;
                }
            }
        }
    }

    private static String number(Unit unit) {
        return unit.name().substring(unit.name().lastIndexOf('.') + 1);
    }

    private List<UnitMatch> matches(int[] partner, boolean[] moved) {
        List<UnitMatch> matches = new ArrayList<>();
        boolean[] taken = taken(partner);
        for (int i = 0; i < a.size(); i++) {
            if (partner[i] < 0) {
                matches.add(UnitMatch.dropped(a.get(i)));
                continue;
            }
            Unit other = b.get(partner[i]);
            boolean related = similarity.length == 0 || similarity[i][partner[i]] >= TensorSamples.RELATED;
            UnitMatch.Kind kind = moved[i]
                    ? UnitMatch.Kind.MOVED
                    : related || !everRelated() ? UnitMatch.Kind.KEPT : UnitMatch.Kind.REPLACED;
            matches.add(UnitMatch.of(a.get(i), other, kind));
        }
        for (int j = 0; j < b.size(); j++) {
            if (!taken[j]) {
                matches.add(UnitMatch.inserted(b.get(j)));
            }
        }
        return matches;
    }

    /** Whether any two blocks are related: if not, the models are not, and no block replaces another. */
    private boolean everRelated() {
        return Arrays.stream(similarity).anyMatch(row -> Arrays.stream(row).anyMatch(s -> s >= TensorSamples.RELATED));
    }
}
