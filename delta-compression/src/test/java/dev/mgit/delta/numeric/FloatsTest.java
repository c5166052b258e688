package dev.mgit.delta.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FloatsTest {
    /**
     * The checksums are of what NumPy 2 (F16) and ml_dtypes 0.5 (the others) make of the same million floats, spread
     * over all bit patterns.
     */
    @ParameterizedTest
    @CsvSource({"F16,8379da6c", "BF16,e301678f", "F8_E4M3,60152c73", "F8_E5M2,1c488395"})
    void narrowingIsThatOfNumpyAndMlDtypes(Dtype dtype, String expected) {
        CRC32 crc = new CRC32();
        for (int i = 0; i < 1 << 20; i++) {
            float value = Float.intBitsToFloat((int) (i * 2654435761L));
            if (!Float.isNaN(value)) {
                byte[] bytes = new byte[dtype.bytes()];
                Floats.write(dtype, new float[] {value}, bytes, 0, 1);
                crc.update(bytes);
            }
        }
        assertThat(Long.toHexString(crc.getValue())).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"F16", "BF16", "F8_E4M3", "F8_E5M2"})
    void everyValueSurvivesWideningAndNarrowing(Dtype dtype) {
        for (int bits = 0; bits < 1 << (8 * dtype.bytes()); bits++) {
            byte[] bytes = new byte[dtype.bytes()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (bits >>> (8 * i));
            }
            float[] wide = new float[1];
            Floats.read(dtype, bytes, 0, wide, 1);
            double[] wider = new double[1];
            Floats.read(dtype, bytes, 0, wider, 1);
            byte[] back = new byte[dtype.bytes()];
            Floats.write(dtype, wider, back, 0, 1);
            if (Float.isNaN(wide[0])) {
                assertThat(wider[0]).isNaN();
            } else {
                assertThat(back).as("bits %x", bits).isEqualTo(bytes);
                assertThat(wider[0]).isEqualTo(wide[0]);
                assertThat(Floats.round(wider[0], dtype)).isEqualTo(wider[0]);
            }
        }
    }

    @Test
    void whatIsTooLargeOrNoNumberStaysSo() {
        assertThat(Floats.narrow(65520f, Dtype.F16)).isEqualTo(0x7c00);
        assertThat(Floats.narrow(-65519f, Dtype.F16)).isEqualTo(0xfbff);
        assertThat(Floats.narrow(Float.NaN, Dtype.BF16)).isEqualTo(0x7fc0);
        assertThat(Floats.narrow(Float.MAX_VALUE, Dtype.BF16)).isEqualTo(0x7f80);
        assertThat(Floats.narrow(464f, Dtype.F8_E4M3)).isEqualTo(0x7e);
        assertThat(Floats.narrow(465f, Dtype.F8_E4M3)).isEqualTo(0x7f);
        assertThat(Floats.round(1e300, Dtype.F32)).isEqualTo(Double.POSITIVE_INFINITY);
    }
}
