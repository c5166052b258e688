package dev.mgit.lineage.maintain;

import dev.mgit.delta.codec.BlockCoder;
import dev.mgit.delta.predictor.Predictor;
import dev.mgit.delta.predictor.Predictors;
import dev.mgit.lineage.maintain.DiskUsageReport.Representation;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds up in what ways blocks are kept. */
final class Representations {
    private Representations() {}

    private static String predictor(int code) {
        return code < 0
                ? "none"
                : Predictors.all().stream()
                        .filter(predictor -> predictor.code() == code)
                        .map(Predictor::name)
                        .findFirst()
                        .orElse("predictor " + code);
    }

    /** @param blocks numbers in the table; those of which there is no frame count for nothing */
    static List<Representation> of(BlockTable table, BitSet blocks) {
        record Way(String predictor, String method) {}
        Map<Way, long[]> sums = new LinkedHashMap<>();
        for (int block = blocks.nextSetBit(0); block >= 0; block = blocks.nextSetBit(block + 1)) {
            if (table.isPresent(block)) {
                var way = new Way(predictor(table.predictor(block)), BlockCoder.methodName(table.method(block)));
                long[] sum = sums.computeIfAbsent(way, unused -> new long[3]);
                sum[0]++;
                sum[1] += table.rawLength(block);
                sum[2] += table.storedLength(block);
            }
        }
        return sums.entrySet().stream()
                .map(entry -> new Representation(
                        entry.getKey().predictor(),
                        entry.getKey().method(),
                        entry.getValue()[0],
                        entry.getValue()[1],
                        entry.getValue()[2]))
                .sorted(Comparator.comparingLong(Representation::storedBytes).reversed())
                .toList();
    }
}
