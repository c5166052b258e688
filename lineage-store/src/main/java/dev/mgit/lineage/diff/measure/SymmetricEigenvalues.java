package dev.mgit.lineage.diff.measure;

import java.util.Arrays;

/**
 * Eigenvalues of a real symmetric matrix: Householder reduction to tridiagonal form, then QL with implicit shifts (Golub
 * and Van Loan, "Matrix Computations", 4th edition, sections 8.3.1 and 8.3.3).
 */
public final class SymmetricEigenvalues {
    private static final int MAX_SWEEPS = 60;

    private final double[][] a;
    private final int n;
    private final double[] diagonal;
    /** {@code beside[i]} couples i and i + 1. */
    private final double[] beside;

    /** @param matrix overwritten */
    public SymmetricEigenvalues(double[][] matrix) {
        this.a = matrix;
        this.n = matrix.length;
        this.diagonal = new double[n];
        this.beside = new double[n];
    }

    public double[] descending() {
        reduce();
        for (int first = 0; first < n; first++) {
            isolate(first);
        }
        Arrays.sort(diagonal);
        for (int i = 0; i < n / 2; i++) {
            double swap = diagonal[i];
            diagonal[i] = diagonal[n - 1 - i];
            diagonal[n - 1 - i] = swap;
        }
        return diagonal;
    }

    /** For each column, the reflection I - 2vvᵀ that clears it below the subdiagonal, applied from both sides. */
    private void reduce() {
        for (int k = 0; k < n - 1; k++) {
            double norm = 0;
            for (int i = k + 1; i < n; i++) {
                norm += a[i][k] * a[i][k];
            }
            norm = Math.sqrt(norm);
            diagonal[k] = a[k][k];
            double alpha = a[k + 1][k] > 0 ? -norm : norm;
            beside[k] = alpha;
            double[] v = new double[n];
            for (int i = k + 1; i < n; i++) {
                v[i] = a[i][k];
            }
            v[k + 1] -= alpha;
            double length = 0;
            for (int i = k + 1; i < n; i++) {
                length += v[i] * v[i];
            }
            if (length > 0) {
                reflect(v, 2 / length, k + 1);
            }
        }
        if (n > 0) {
            diagonal[n - 1] = a[n - 1][n - 1];
        }
    }

    /** A becomes A - vwᵀ - wvᵀ with w = scale·Av - (scale²/2 · vᵀAv) v. */
    private void reflect(double[] v, double scale, int from) {
        double[] w = new double[n];
        double inner = 0;
        for (int i = from; i < n; i++) {
            double sum = 0;
            double[] row = a[i];
            for (int j = from; j < n; j++) {
                sum += row[j] * v[j];
            }
            w[i] = scale * sum;
            inner += w[i] * v[i];
        }
        double half = scale * inner / 2;
        for (int i = from; i < n; i++) {
            w[i] -= half * v[i];
        }
        for (int i = from; i < n; i++) {
            double[] row = a[i];
            for (int j = from; j < n; j++) {
                row[j] -= v[i] * w[j] + w[i] * v[j];
            }
        }
    }

    /** Iterates until {@code diagonal[first]} is an eigenvalue. */
    private void isolate(int first) {
        for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
            int last = first;
            while (last < n - 1 && !negligible(last)) {
                last++;
            }
            if (last == first) {
                return;
            }
            chase(first, last);
        }
    }

    private boolean negligible(int i) {
        double scale = Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1]);
        return Math.abs(beside[i]) <= Math.ulp(scale);
    }

    /** One implicitly shifted QL step on the unreduced part from {@code first} to {@code last}. */
    private void chase(int first, int last) {
        double g = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
        double r = Math.hypot(g, 1);
        g = diagonal[last] - diagonal[first] + beside[first] / (g + Math.copySign(r, g));
        double s = 1;
        double c = 1;
        double p = 0;
        for (int i = last - 1; i >= first; i--) {
            double f = s * beside[i];
            double b = c * beside[i];
            r = Math.hypot(f, g);
            beside[i + 1] = r;
            if (r == 0) {
                diagonal[i + 1] -= p;
                beside[last] = 0;
                return;
            }
            s = f / r;
            c = g / r;
            g = diagonal[i + 1] - p;
            r = (diagonal[i] - g) * s + 2 * c * b;
            p = s * r;
            diagonal[i + 1] = g + p;
            g = c * r - b;
        }
        diagonal[first] -= p;
        beside[first] = g;
        beside[last] = 0;
    }
}
