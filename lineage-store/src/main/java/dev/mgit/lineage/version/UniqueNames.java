package dev.mgit.lineage.version;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Names for the tensors of all files of a checkpoint, of which two files may use the same. */
public final class UniqueNames {
    private UniqueNames() {}

    /**
     * Each by its name; where an earlier one has that name, its file is put before it: {@code FILE:NAME}.
     *
     * @return in the order given
     */
    public static <T> Map<String, T> of(List<T> all, Function<T, String> name, Function<T, String> file) {
        Map<String, T> byName = new LinkedHashMap<>();
        for (T one : all) {
            String unique = name.apply(one);
            for (int i = 0; byName.containsKey(unique); i++) {
                unique = file.apply(one) + (i == 0 ? "" : "#" + i) + ":" + name.apply(one);
            }
            byName.put(unique, one);
        }
        return byName;
    }
}
