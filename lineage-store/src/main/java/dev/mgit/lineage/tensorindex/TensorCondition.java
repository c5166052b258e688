package dev.mgit.lineage.tensorindex;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Glob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a tensor must be like; parts left empty do not matter.
 *
 * @param hash its hash or the first digits of it
 * @param shape its dimensions, −1 for any
 */
public record TensorCondition(
        Optional<Glob> name, Optional<String> hash, Optional<List<Long>> shape, Optional<Dtype> dtype)
        implements Predicate<TensorLocation> {
    private static final long ANY = -1;

    /**
     * Reads a shape as {@code 30522x768}, {@code *x768} or {@code [30522, 768]}.
     *
     * @throws MgitException of kind USAGE if it is none of these
     */
    public static List<Long> parseShape(String text) {
        String inner = text.strip().replaceAll("^\\[|]$", "").strip();
        List<Long> shape = new ArrayList<>();
        for (String dimension : inner.isEmpty() ? new String[0] : inner.split("\\s*[x,]\\s*", -1)) {
            if (!dimension.matches("\\*|\\d{1,18}")) {
                throw new MgitException(
                        MgitException.Kind.USAGE, "'" + text + "' is not a shape", "write it as 30522x768 or *x768");
            }
            shape.add(dimension.equals("*") ? ANY : Long.parseLong(dimension));
        }
        return shape;
    }

    @Override
    public boolean test(TensorLocation tensor) {
        return name.map(glob -> glob.test(tensor.name())).orElse(true)
                && hash.map(digits -> tensor.object().hex().startsWith(digits)).orElse(true)
                && fitsShape(tensor.spec().shape())
                && dtype.map(wanted -> wanted == tensor.spec().dtype()).orElse(true);
    }

    public boolean fitsShape(List<Long> dimensions) {
        return shape.map(wanted -> fits(wanted, dimensions)).orElse(true);
    }

    private static boolean fits(List<Long> wanted, List<Long> shape) {
        if (wanted.size() != shape.size()) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i) != ANY && !wanted.get(i).equals(shape.get(i))) {
                return false;
            }
        }
        return true;
    }
}
