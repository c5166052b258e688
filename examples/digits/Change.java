package digits;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** What can happen to a scan. */
enum Change {
    PLAIN((image, x, y, random) -> image.at(x, y)),
    SHIFTED((image, x, y, random) -> image.at(x - 1, y)),
    LOWERED((image, x, y, random) -> image.at(x, y - 1)),
    /** By 15 degrees about the middle: cosine 0.966, sine 0.259. */
    ROTATED((image, x, y, random) -> image.at((int) Math.rint(0.966 * (x - 3.5) + 0.259 * (y - 3.5) + 3.5), (int)
            Math.rint(0.966 * (y - 3.5) - 0.259 * (x - 3.5) + 3.5))),
    SLANTED((image, x, y, random) -> image.at(x + (y < 3 ? -1 : y > 4 ? 1 : 0), y)),
    NOISY((image, x, y, random) -> (float) (image.at(x, y) + 0.5 * (random.nextDouble() - 0.5))),
    SPECKLED((image, x, y, random) -> random.nextDouble() < 0.1 ? 1 - image.at(x, y) : image.at(x, y)),
    FAINT((image, x, y, random) -> 0.4f * image.at(x, y)),
    BLURRED((image, x, y, random) ->
            (2 * image.at(x, y) + image.at(x - 1, y) + image.at(x + 1, y) + image.at(x, y - 1) + image.at(x, y + 1))
                    / 6),
    /** Three columns of three pixels torn out, a little off the middle. */
    TORN((image, x, y, random) -> x >= 2 && x <= 4 && y >= 3 && y <= 5 ? 0 : image.at(x, y));

    private interface Pixel {
        float of(Image image, int x, int y, SplittableRandom random);
    }

    private final Pixel pixel;

    Change(Pixel pixel) {
        this.pixel = pixel;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    Image apply(Image image, SplittableRandom random) {
        float[] pixels = new float[Image.PIXELS];
        for (int y = 0; y < Image.SIDE; y++) {
            for (int x = 0; x < Image.SIDE; x++) {
                pixels[y * Image.SIDE + x] = pixel.of(image, x, y, random);
            }
        }
        return new Image(pixels, image.digit());
    }

    /** Changes by name; {@code all} stands for every one. */
    static List<Change> parse(List<String> words) {
        if (words.equals(List.of("all"))) {
            return List.of(values());
        }
        return words.stream().map(Change::parse).toList();
    }

    private static Change parse(String word) {
        return Arrays.stream(values())
                .filter(change -> change.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new Refusal("--on takes all or some of "
                        + String.join(
                                ",", Arrays.stream(values()).map(Change::word).toList()) + ", not " + word));
    }
}
