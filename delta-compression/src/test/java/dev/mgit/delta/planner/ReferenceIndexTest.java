package dev.mgit.delta.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.predictor.Predictors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Made bytes. */
class ReferenceIndexTest {
    private final SplittableRandom random = new SplittableRandom(8);

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    /** A source whose regions name one block, as long as it is. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Bytes(byte[] bytes) implements SourceTensor {
        @Override
        public TensorSpec spec() {
            return TensorSpec.opaque("", bytes.length);
        }

        @Override
        public Region region(long offset, int length) {
            return new Region(List.of(BlockId.hash(bytes, 0, bytes.length)), (int) offset, length);
        }

        @Override
        public void read(long offset, byte[] target, int length) {
            System.arraycopy(bytes, (int) offset, target, 0, length);
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public String origin() {
            return "";
        }

        @Override
        public String identity() {
            return String.valueOf(Arrays.hashCode(bytes));
        }
    }

    @Test
    void contentIsFoundWhereverItMovedTo() {
        byte[] first = noise(3 << 20);
        byte[] second = noise(1 << 19);
        var index = new ReferenceIndex(List.of(new Bytes(first), new Bytes(second)));
        byte[] block = new byte[40_000];
        System.arraycopy(first, 2_345_678, block, 11, 20_000);
        System.arraycopy(second, 99_999, block, 20_100, 19_000);
        Prediction found = index.predictionFor(block, block.length).orElseThrow();
        assertThat(found.predictor()).isEqualTo(Predictors.REFERENCE);
        assertThat(found.sources()).hasSize(2);
        assertCovers(found, new Bytes(first).region(2_345_678, 20_000));
        assertCovers(found, new Bytes(second).region(99_999, 19_000));
    }

    private static void assertCovers(Prediction prediction, Region wanted) {
        assertThat(prediction.sources()).anySatisfy(region -> {
            assertThat(region.blocks()).isEqualTo(wanted.blocks());
            assertThat(region.skip()).isLessThanOrEqualTo(wanted.skip());
            assertThat(region.skip() + region.length()).isGreaterThanOrEqualTo(wanted.skip() + wanted.length());
        });
    }

    @Test
    void strangersAndScrapsHaveNoReference() {
        var index = new ReferenceIndex(List.of(new Bytes(noise(1 << 20)), new Bytes(noise(5)), new Bytes(new byte[0])));
        assertThat(index.predictionFor(noise(100_000), 100_000)).isEmpty();
        assertThat(index.predictionFor(new byte[0], 0)).isEmpty();
        assertThat(new ReferenceIndex(List.of()).predictionFor(noise(1000), 1000))
                .isEmpty();
    }

    @Test
    void manyPlacesStayWithinWhatAFrameMayName() {
        List<SourceTensor> sources = new ArrayList<>();
        byte[] block = new byte[0];
        for (int i = 0; i < 200; i++) {
            byte[] bytes = noise(3000);
            sources.add(new Bytes(bytes));
            block = Arrays.copyOf(block, block.length + bytes.length);
            System.arraycopy(bytes, 0, block, block.length - bytes.length, bytes.length);
        }
        Prediction found =
                new ReferenceIndex(sources).predictionFor(block, block.length).orElseThrow();
        assertThat(found.sources()).hasSizeBetween(2, dev.mgit.delta.frame.Frame.MAX_REGIONS);
    }
}
