package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.delta.numeric.LittleEndian;
import dev.mgit.delta.predictor.PackedCodesPredictor;
import dev.mgit.delta.predictor.PackedCodesPredictor.Form;
import dev.mgit.delta.predictor.PackedCodesPredictor.Groups;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The scales of packed codes and the codes of zero, read whole.
 *
 * @param form of the codes
 * @param ofRow the group of each row of codes
 * @param scales bytes of them, group after group
 * @param stored their dtype
 * @param values of them
 * @param zeros a byte for each scale; none where all are the same
 * @param zero that one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PackedScales(Form form, int[] ofRow, byte[] scales, Dtype stored, float[] values, byte[] zeros, int zero) {
    static PackedScales of(PackedCodes codes, Form form, int[] ofRow) {
        byte[] zeros = zeros(codes, form);
        boolean same = true;
        for (byte zero : zeros) {
            same &= zero == zeros[0];
        }
        int zero = zeros.length == 0 ? 1 << (form.bits() - 1) : zeros[0] & 0xff;
        byte[] scales = PackedCodes.bytes(codes.scales());
        Dtype stored = codes.scales().spec().dtype();
        float[] values = new float[scales.length / stored.bytes()];
        Floats.read(stored, scales, 0, values, values.length);
        return new PackedScales(form, ofRow, scales, stored, values, same ? new byte[0] : zeros, same ? zero : 0);
    }

    /** Unpacked, in the order of the scales; none if there are none, or not one for each. */
    private static byte[] zeros(PackedCodes codes, Form form) {
        ChildTensor stored = codes.zeros();
        List<Long> scales = codes.scales().spec().shape();
        int rows = scales.get(0).intValue();
        int columns = scales.get(1).intValue();
        int perWord = form.perWord();
        if (stored == null || stored.spec().dtype() != codes.words().spec().dtype()) {
            return new byte[0];
        }
        boolean down = stored.spec().shape().equals(List.of((rows + perWord - 1L) / perWord, (long) columns));
        boolean across = stored.spec().shape().equals(List.of((long) rows, (columns + perWord - 1L) / perWord));
        boolean isDown = codes.kind() == PackedCodes.Kind.PACKED;
        if (isDown ? !down : !across) {
            return new byte[0];
        }
        byte[] words = PackedCodes.bytes(stored);
        byte[] zeros = new byte[rows * columns];
        int wide = isDown ? columns : (columns + perWord - 1) / perWord;
        for (int i = 0; i < zeros.length; i++) {
            int row = i / columns;
            int column = i % columns;
            int word = isDown ? row / perWord * wide + column : row * wide + column / perWord;
            int bits = (int) LittleEndian.INT.get(words, word * Integer.BYTES);
            zeros[i] = (byte) (bits >>> form.shift(isDown ? row % perWord : column % perWord) & (1 << form.bits()) - 1);
        }
        return zeros;
    }

    /** The number of the scale that a code has. */
    int place(int row, int column) {
        return ofRow[row] * form.scalesPerRow() + column / form.perScale();
    }

    float scale(int place) {
        return values[place];
    }

    /** The code of zero that goes with a scale. */
    int zeroOf(int place) {
        return zeros.length == 0 ? zero : zeros[place] & 0xff;
    }

    /** What rows from one on to another share, as a frame has it. */
    Groups of(int from, int to, int offset) {
        Map<Integer, Integer> placeOf = new LinkedHashMap<>();
        int[] places = new int[to - from];
        for (int row = from; row < to; row++) {
            places[row - from] = placeOf.computeIfAbsent(ofRow[row], group -> placeOf.size());
        }
        List<Integer> groups = List.copyOf(placeOf.keySet());
        int perGroup = form.scalesPerRow();
        int bytes = perGroup * stored.bytes();
        byte[] some = new byte[groups.size() * bytes];
        byte[] packed =
                new byte[zeros.length == 0 ? 0 : PackedCodesPredictor.packed(groups.size() * perGroup, form.bits())];
        for (int i = 0; i < groups.size(); i++) {
            System.arraycopy(scales, groups.get(i) * bytes, some, i * bytes, bytes);
            for (int j = 0; j < perGroup && packed.length > 0; j++) {
                int bit = (i * perGroup + j) * form.bits();
                packed[bit >> 3] |= (byte) (zeros[groups.get(i) * perGroup + j] << (bit & 7));
            }
        }
        return new Groups(places, some, stored, packed, zero + offset);
    }
}
