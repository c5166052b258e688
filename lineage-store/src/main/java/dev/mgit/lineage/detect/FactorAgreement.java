package dev.mgit.lineage.detect;

/**
 * Correlation of what was added to weights with what an adapter adds, at the samples. Of a high rank a part of the sum is
 * known, whose correlation is the root of that part.
 */
final class FactorAgreement {
    /** Samples below which a low correlation says nothing. */
    private static final int SURE = 64;

    private double both;
    private double added;
    private double product;
    private int count;

    /**
     * Adds the weights of one output.
     *
     * @param update what the adapter adds, up to a factor
     * @param rescaled whether the sum was scaled by who knows what, so that nothing along the weights themselves counts
     */
    void add(double[] before, double[] after, double[] update, boolean rescaled) {
        double[] difference = new double[before.length];
        for (int i = 0; i < before.length; i++) {
            difference[i] = after[i] - before[i];
        }
        double[] change = rescaled ? without(difference, before) : difference;
        double[] expected = rescaled ? without(update, before) : update;
        both += dot(change, expected);
        added += dot(change, change);
        product += dot(expected, expected);
        count += before.length;
    }

    private static double[] without(double[] vector, double[] direction) {
        double square = dot(direction, direction);
        double along = square == 0 ? 0 : dot(vector, direction) / square;
        double[] rest = new double[vector.length];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = vector[i] - along * direction[i];
        }
        return rest;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Between 0 and 1; 0 if there was nothing to compare. A scale may be negative. */
    double value() {
        double scale = Math.sqrt(added) * Math.sqrt(product);
        return scale > 0 ? Math.abs(both) / scale : 0;
    }

    boolean isSure() {
        return count >= SURE;
    }
}
