package dev.mgit.bench.cascade;

import java.util.List;

/**
 * Shares of right answers.
 *
 * @param values for each model those on each change, 0 to 1
 */
record Accuracies(List<String> models, List<List<Double>> values) {
    double mean() {
        return mean(0);
    }

    /** Mean over all changes but the first, which is none. */
    double meanChanged() {
        return mean(1);
    }

    private double mean(int firstChange) {
        return values.stream()
                .flatMap(row -> row.subList(firstChange, row.size()).stream())
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }

    double meanOf(int model) {
        return new Accuracies(List.of(), List.of(values.get(model))).mean();
    }

    /** How much higher a cell is than it was. */
    double gain(Accuracies before, int model, int change) {
        return values.get(model).get(change) - before.values.get(model).get(change);
    }

    int cells() {
        return values.stream().mapToInt(List::size).sum();
    }

    /** Cells that are at least as high as they were. */
    int noWorse(Accuracies before) {
        int count = 0;
        for (int m = 0; m < values.size(); m++) {
            for (int c = 0; c < values.get(m).size(); c++) {
                count += gain(before, m, c) >= 0 ? 1 : 0;
            }
        }
        return count;
    }

    /** Cells that are higher than they were. */
    int better(Accuracies before) {
        return cells() - before.noWorse(this);
    }
}
