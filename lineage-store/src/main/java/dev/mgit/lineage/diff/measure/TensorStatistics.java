package dev.mgit.lineage.diff.measure;

import java.util.Optional;

/**
 * The size of the change from a tensor a to a tensor b, element by element, values widened to double and quantized
 * ones multiplied out. Sums leave out elements that are NaN or infinite on either side; these are counted apart.
 * Statistics of several tensors add up.
 *
 * @param elements number of elements compared
 * @param changed elements whose value, or for one and the same dtype whose bits, differ
 * @param becameZero changed elements that are zero in b
 * @param beyondRounding where b is a float of another dtype: elements further from a than rounding to b's dtype explains
 * @param squaresA sum of squares of a
 * @param squaresDelta sum of squares of b - a
 * @param dot sum of products a · b
 * @param maxDelta largest |b - a|
 * @param rank of b - a for matrices
 */
public record TensorStatistics(
        long elements,
        long changed,
        long becameZero,
        long beyondRounding,
        double squaresA,
        double squaresB,
        double squaresDelta,
        double dot,
        double maxDelta,
        long zerosA,
        long zerosB,
        long nansA,
        long nansB,
        long infinitiesA,
        long infinitiesB,
        Optional<UpdateRank> rank) {
    public static final TensorStatistics NONE =
            new TensorStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Optional.empty());

    /** L2 norm of the difference. */
    public double l2() {
        return Math.sqrt(squaresDelta);
    }

    public double normA() {
        return Math.sqrt(squaresA);
    }

    public double normB() {
        return Math.sqrt(squaresB);
    }

    /** L2 of the difference over the norm of a; infinite if a is all zeros and b is not. */
    public double relativeL2() {
        return squaresDelta == 0 ? 0 : Math.sqrt(squaresDelta / squaresA);
    }

    /** Cosine of the angle between a and b; 1 if both are all zeros, 0 if one is. */
    public double cosine() {
        if (squaresA == 0 || squaresB == 0) {
            return squaresA == squaresB ? 1 : 0;
        }
        return Math.max(-1, Math.min(1, dot / Math.sqrt(squaresA) / Math.sqrt(squaresB)));
    }

    public double changedShare() {
        return share(changed);
    }

    /** Share of zeros in a. */
    public double sparsityA() {
        return share(zerosA);
    }

    /** Share of zeros in b. */
    public double sparsityB() {
        return share(zerosB);
    }

    private double share(long count) {
        return elements == 0 ? 0 : (double) count / elements;
    }

    /** The statistics of both together, as if they were one tensor; a rank is that of single tensors only. */
    public TensorStatistics plus(TensorStatistics other) {
        return new TensorStatistics(
                elements + other.elements,
                changed + other.changed,
                becameZero + other.becameZero,
                beyondRounding + other.beyondRounding,
                squaresA + other.squaresA,
                squaresB + other.squaresB,
                squaresDelta + other.squaresDelta,
                dot + other.dot,
                Math.max(maxDelta, other.maxDelta),
                zerosA + other.zerosA,
                zerosB + other.zerosB,
                nansA + other.nansA,
                nansB + other.nansB,
                infinitiesA + other.infinitiesA,
                infinitiesB + other.infinitiesB,
                Optional.empty());
    }

    TensorStatistics withRank(Optional<UpdateRank> found) {
        return new TensorStatistics(
                elements,
                changed,
                becameZero,
                beyondRounding,
                squaresA,
                squaresB,
                squaresDelta,
                dot,
                maxDelta,
                zerosA,
                zerosB,
                nansA,
                nansB,
                infinitiesA,
                infinitiesB,
                found);
    }
}
