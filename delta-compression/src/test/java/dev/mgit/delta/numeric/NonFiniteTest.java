package dev.mgit.delta.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.NonFinite.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NaN and infinity by bits, against what the same bits are as Java's numbers. */
class NonFiniteTest {
    private static Kind kind(double value) {
        return Double.isNaN(value) ? Kind.NAN : Double.isInfinite(value) ? Kind.INFINITE : Kind.FINITE;
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E8M0"})
    void everyPatternOfANarrowDtypeIsWhatItsValueIs(Dtype dtype) {
        double[] value = new double[1];
        for (int bits = 0; bits < 1 << dtype.bytes() * 8; bits++) {
            byte[] bytes = {(byte) bits, (byte) (bits >> 8)};
            Elements.read(dtype, bytes, 0, value, 1);
            assertThat(NonFinite.of(dtype, bytes, 0)).as("%s %x", dtype, bits).isEqualTo(kind(value[0]));
        }
    }

    @Test
    void wideFloatsAreToldByTheirExponents() {
        float[] floats = {
            0f,
            -0f,
            1f,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Float.MIN_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN,
            Float.intBitsToFloat(0xff800001),
            Float.intBitsToFloat(0x7fffffff)
        };
        for (float value : floats) {
            byte[] four = little(4).putInt(Float.floatToRawIntBits(value)).array();
            assertThat(NonFinite.of(Dtype.F32, four, 0)).isEqualTo(kind(value));
            byte[] eight = little(8).putDouble(value).array();
            assertThat(NonFinite.of(Dtype.F64, eight, 0)).isEqualTo(kind(value));
        }
        byte[] largest = little(8).putDouble(Double.MAX_VALUE).array();
        assertThat(NonFinite.of(Dtype.F64, largest, 0)).isEqualTo(Kind.FINITE);
    }

    @Test
    void theEightBitFloatsOfAmdHaveOneNan() {
        for (Dtype dtype : new Dtype[] {Dtype.F8_E4M3FNUZ, Dtype.F8_E5M2FNUZ}) {
            for (int bits = 0; bits < 256; bits++) {
                Kind expected = bits == 0x80 ? Kind.NAN : Kind.FINITE;
                assertThat(NonFinite.of(dtype, new byte[] {(byte) bits}, 0)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aComplexNumberIsAsBadAsItsWorseHalf() {
        byte[] bytes =
                little(8).putFloat(Float.POSITIVE_INFINITY).putFloat(Float.NaN).array();
        assertThat(NonFinite.of(Dtype.C64, bytes, 0)).isEqualTo(Kind.NAN);
        byte[] wide =
                little(16).putDouble(1).putDouble(Double.NEGATIVE_INFINITY).array();
        assertThat(NonFinite.of(Dtype.C128, wide, 0)).isEqualTo(Kind.INFINITE);
        assertThat(NonFinite.of(
                        Dtype.C32,
                        little(4)
                                .putShort((short) 0x3c00)
                                .putShort((short) 0x7e00)
                                .array(),
                        0))
                .isEqualTo(Kind.NAN);
    }

    @Test
    void aBlockIsAsBadAsItsScales() {
        byte[] block = new byte[Dtype.Q6_K.blockBytes()];
        java.util.Arrays.fill(block, 0, 208, (byte) 0xff);
        assertThat(NonFinite.of(Dtype.Q6_K, block, 0)).isEqualTo(Kind.FINITE);
        block[209] = 0x7c;
        assertThat(NonFinite.of(Dtype.Q6_K, block, 0)).isEqualTo(Kind.INFINITE);
        byte[] minimum = {0, 0x3c, 1, 0x7c};
        assertThat(NonFinite.of(Dtype.Q4_1, minimum, 0)).isEqualTo(Kind.NAN);
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void scalesLieInTheirBlocksAndIntegersHaveNone(Dtype dtype) {
        if (NonFinite.possible(dtype)) {
            assertThat(NonFinite.of(dtype, new byte[dtype.blockBytes()], 0)).isEqualTo(Kind.FINITE);
        } else {
            assertThat(dtype.isFloat()).isFalse();
        }
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
