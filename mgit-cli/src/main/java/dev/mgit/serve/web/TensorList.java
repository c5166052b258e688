package dev.mgit.serve.web;

import dev.mgit.lineage.version.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A page of the tensors of a version.
 *
 * @param total how many there are that fit
 */
record TensorList(List<Row> rows, int from, int total) {
    /**
     * A tensor.
     *
     * @param dtype {@code -} where nobody here can read it
     * @param remark what it is tied to, or why it cannot be read; may be empty
     */
    record Row(String name, String file, String dtype, List<Long> shape, String object, String remark) {}

    /** @param wanted a part of the name, or empty */
    static TensorList of(Map<String, Manifest> manifests, String wanted, int from, int most) {
        String part = wanted.toLowerCase(Locale.ROOT);
        List<Row> rows = new ArrayList<>();
        int total = 0;
        for (Map.Entry<String, Manifest> file : manifests.entrySet()) {
            Map<String, String> ties = file.getValue().ties();
            for (Manifest.Tensor tensor : file.getValue().tensors()) {
                if (tensor.name().toLowerCase(Locale.ROOT).contains(part)) {
                    if (total >= from && rows.size() < most) {
                        rows.add(row(file.getKey(), tensor, ties.getOrDefault(tensor.name(), "")));
                    }
                    total++;
                }
            }
        }
        return new TensorList(rows, from, total);
    }

    private static Row row(String file, Manifest.Tensor tensor, String tie) {
        String unreadable = tensor.seen().unreadable().orElse("");
        return new Row(
                tensor.name(),
                file,
                unreadable.isEmpty() ? tensor.spec().dtype().name() : "-",
                tensor.spec().shape(),
                tensor.object().hex(),
                !unreadable.isEmpty() ? unreadable : tie.isEmpty() ? "" : "tied to " + tie);
    }
}
