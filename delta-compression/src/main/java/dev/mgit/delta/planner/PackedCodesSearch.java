package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.LittleEndian;
import dev.mgit.delta.predictor.PackedCodesPredictor;
import dev.mgit.delta.predictor.PackedCodesPredictor.Form;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the child holds codes that a calibration chose, packed into words of 32 bits: each is near what its weight,
 * scale and zero say. How codes lie in words, and which share a scale, is told by the shapes.
 */
final class PackedCodesSearch {
    private static final int WORD_BITS = 32;
    private static final float[] NONE = {};

    /** What is predicted better than that was not multiplied by channels before. */
    private static final double EXACT = 0.2;

    private final Trial trial;
    private final PackedCodes codes;

    private PackedCodesSearch(Trial trial, PackedCodes codes) {
        this.trial = trial;
        this.codes = codes;
    }

    static void search(Trial trial, Candidates candidates) {
        PackedCodes codes =
                PackedCodes.of(trial.child()).filter(PackedCodes::areAffordable).orElse(null);
        if (codes == null) {
            return;
        }
        for (SourceTensor source : candidates.called(codes.floats())) {
            List<Long> shape = source.spec().shape();
            if (source.spec().dtype().isFloat() && shape.size() == 2) {
                var search = new PackedCodesSearch(trial, codes);
                search.offer(source, new Placement.Turned(source, List.of(1, 0)), shape.get(1), shape.get(0));
                search.offer(source, new Placement.Straight(source), shape.get(0), shape.get(1));
                return;
            }
        }
    }

    /** Offers codes of a matrix of so many rows and columns, if they can be. */
    private void offer(SourceTensor source, Placement placement, long rows, long columns) {
        Form form = form(rows, columns);
        int[] groups = form == null ? null : groups((int) rows, form);
        if (form == null || groups == null) {
            return;
        }
        PackedScales scales = PackedScales.of(codes, form, groups);
        var recipe = new PackedCodesRecipe(trial.spec(), placement, scales, 0, NONE);
        if (form.isDown() && codes.zeros() != null) {
            // the first GPTQ stored zeros less one; the same distance everywhere costs nothing, so costs do not tell
            var above = new PackedCodesRecipe(trial.spec(), placement, scales, 1, NONE);
            recipe = trial.right(above) > trial.right(recipe) ? above : recipe;
        }
        trial.offer(recipe);
        boolean outputsFirst = (form.perScale() == 1) == placement instanceof Placement.Turned;
        if (outputsFirst && trial.share() > EXACT) {
            float[] factors = new ChannelFactors(source, codes.words(), scales, recipe.offset()).find();
            if (factors.length > 0) {
                trial.offer(new PackedCodesRecipe(trial.spec(), placement, scales, recipe.offset(), factors));
            }
        }
    }

    private @Nullable Form form(long rows, long columns) {
        List<Long> words = trial.spec().shape();
        boolean down = words.get(1) == columns;
        boolean across = words.get(0) == rows;
        long perWord = down ? rows / words.get(0) : across ? columns / words.get(1) : 0;
        boolean whole = down ? perWord * words.get(0) == rows : perWord * words.get(1) == columns;
        if (!whole
                || perWord != 4 && perWord != 8 && perWord != 16
                || columns > Trial.MAX_ROW
                || rows > Trial.MAX_ROW) {
            return null;
        }
        List<Long> scale = codes.scales().spec().shape();
        boolean shared = scale.get(1) == columns;
        if (!shared && (scale.get(0) != rows || columns % scale.get(1) != 0)) {
            return null;
        }
        int flags = (down
                        ? PackedCodesPredictor.DOWN
                        : codes.kind() == PackedCodes.Kind.QWEIGHT ? PackedCodesPredictor.EVEN_FIRST : 0)
                | (shared ? 0 : PackedCodesPredictor.ACROSS);
        int bits = (int) (WORD_BITS / perWord);
        return new Form(bits, flags, (int) columns, shared ? 1 : (int) (columns / scale.get(1)));
    }

    /** The scales of each row; null if they cannot be told. */
    private int @Nullable [] groups(int rows, Form form) {
        int count = codes.scales().spec().shape().get(0).intValue();
        int[] groups = new int[rows];
        ChildTensor stored = codes.groups();
        if (stored != null
                && form.perScale() == 1
                && stored.spec().dtype() == Dtype.I32
                && stored.spec().elements() == rows) {
            byte[] bytes = PackedCodes.bytes(stored);
            for (int row = 0; row < rows; row++) {
                groups[row] = (int) LittleEndian.INT.get(bytes, row * Integer.BYTES);
                if (groups[row] < 0 || groups[row] >= count) {
                    return null;
                }
            }
            return groups;
        }
        int size = (rows + count - 1) / count;
        for (int row = 0; row < rows; row++) {
            groups[row] = row / size;
        }
        return groups;
    }
}
