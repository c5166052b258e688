package dev.mgit.hooks.eval;

import dev.mgit.hooks.modeltest.MetricRule.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * HELM's mean win rate: how often a model beats another one picked at random, averaged over columns.
 *
 * @see <a href="https://arxiv.org/abs/2211.09110">HELM</a>, {@code compute_aggregate_row_win_rates}
 */
public final class WinRate {
    private WinRate() {}

    /**
     * A column of values, one a row.
     *
     * @param direction a column without one is passed over
     * @param values empty where a row lacks it; a column with fewer than two is passed over
     */
    public record Column(Optional<Direction> direction, List<Optional<Double>> values) {}

    /**
     * Each row's rate: in a column of n values, (worse ones + ties with it / 2) / (n − 1), then the mean over columns.
     *
     * @return empty for a row that no column compares
     */
    public static List<Optional<Double>> of(List<Column> columns, int rows) {
        List<Optional<Double>> rates = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            int compared = 0;
            for (Column column : columns) {
                Optional<Double> rate = of(column, row);
                sum += rate.orElse(0.0);
                compared += rate.isPresent() ? 1 : 0;
            }
            rates.add(compared == 0 ? Optional.empty() : Optional.of(sum / compared));
        }
        return rates;
    }

    private static Optional<Double> of(Column column, int row) {
        Optional<Double> own = column.values().get(row);
        List<Double> all = column.values().stream().flatMap(Optional::stream).toList();
        if (own.isEmpty() || column.direction().isEmpty() || all.size() < 2) {
            return Optional.empty();
        }
        double wins = 0;
        for (double other : all) {
            int order = Double.compare(Measured.gain(column.direction().get(), own.get(), other), 0.0);
            wins += order > 0 ? 1 : order == 0 ? 0.5 : 0;
        }
        return Optional.of((wins - 0.5) / (all.size() - 1));
    }
}
