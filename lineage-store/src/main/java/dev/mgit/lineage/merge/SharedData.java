package dev.mgit.lineage.merge;

import dev.mgit.lineage.merge.MergePlan.Problem;
import dev.mgit.lineage.merge.MergePlan.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tensors of one file that share bytes, tied ones or slices of one storage: what is written to one shows in the other. */
final class SharedData {
    private SharedData() {}

    /** Where tensors share bytes, and the result has them differ in another way than the layout does. */
    static List<Problem> problems(List<TensorOutput> outputs) {
        Map<String, List<TensorOutput>> byFile = new LinkedHashMap<>();
        for (TensorOutput output : outputs) {
            if (output.spec().elements() > 0) {
                byFile.computeIfAbsent(output.path(), path -> new ArrayList<>()).add(output);
            }
        }
        List<Problem> problems = new ArrayList<>();
        byFile.values().forEach(file -> inFile(file, problems));
        return problems;
    }

    private static void inFile(List<TensorOutput> outputs, List<Problem> problems) {
        outputs.sort(Comparator.comparingLong(output -> output.target().seen().offset()));
        TensorOutput furthest = null;
        for (TensorOutput output : outputs) {
            if (furthest != null && output.target().seen().offset() < end(furthest) && clash(furthest, output)) {
                String text = "'" + furthest.target().name() + "' and '"
                        + output.target().name() + "' share their data in '" + output.path()
                        + "' of the layout that is kept, but the result needs them apart";
                problems.add(new Problem(Reason.STRUCTURE, text));
            }
            furthest = furthest == null || end(output) > end(furthest) ? output : furthest;
        }
    }

    private static long end(TensorOutput output) {
        return output.target().seen().offset() + output.target().seen().span();
    }

    private static boolean clash(TensorOutput a, TensorOutput b) {
        boolean kept = a.isKept() && b.isKept();
        boolean tied = a.target().seen().named("").equals(b.target().seen().named("")) && a.isMadeAs(b);
        return !kept && !tied;
    }
}
