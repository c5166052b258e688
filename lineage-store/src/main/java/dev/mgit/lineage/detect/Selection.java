package dev.mgit.lineage.detect;

/** Finds the value that a sorted array would hold at some place, without sorting it (Hoare, "Algorithm 65: find", 1961). */
final class Selection {
    private Selection() {}

    /**
     * @param values left in another order; none is NaN
     * @param count of them, from index 0
     * @param n less than {@code count}
     */
    static double nth(double[] values, int count, int n) {
        int from = 0;
        int to = count - 1;
        while (from < to) {
            double pivot = values[(from + to) >>> 1];
            int i = from;
            int j = to;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    double swapped = values[i];
                    values[i++] = values[j];
                    values[j--] = swapped;
                }
            }
            if (n <= j) {
                to = j;
            } else if (n >= i) {
                from = i;
            } else {
                return values[n];
            }
        }
        return values[n];
    }
}
