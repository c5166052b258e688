package dev.mgit.delta.format.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Views whose sizes and steps only a hostile pickle has. */
class TorchViewTest {
    @ParameterizedTest
    @CsvSource({"4611686018427387904, 0", "9223372036854775807, 9223372036854775807", "3, 9223372036854775807"})
    void listsViewsThatNoFileCanHold(long dimension, long stride) {
        var tensor = new TorchTensor(
                "w",
                new TorchStorage("0", TorchTypes.PAIRS, 16),
                TorchTypes.PAIRS,
                0,
                List.of(dimension, 4L),
                List.of(stride, 1L),
                Sign.AS_STORED);
        LogicalTensor seen = TorchView.of(tensor)
                .seen(key -> Optional.of(new TorchView.Place(0, 16)), LogicalTensor.Order.LITTLE_ENDIAN);
        assertThat(seen.unreadable()).isPresent();
        seen.check(16);
    }
}
