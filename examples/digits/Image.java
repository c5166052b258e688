package digits;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A scan of 8 by 8 pixels, row by row from 0 (paper) to 1 (ink), and the digit it shows. */
record Image(float[] pixels, int digit) {
    static final int SIDE = 8;
    static final int PIXELS = SIDE * SIDE;

    /** Reads the data set: every fifth image is for evaluation, the others are for training. */
    static List<Image> read(Path file, boolean evaluation) throws IOException {
        List<Image> images = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if ((number++ % 5 == 0) == evaluation) {
                    images.add(parse(line));
                }
            }
        }
        return images;
    }

    private static Image parse(String line) {
        String[] cells = line.split(",", -1);
        float[] pixels = new float[PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            pixels[i] = Float.parseFloat(cells[i]) / 16;
        }
        return new Image(pixels, (int) Float.parseFloat(cells[PIXELS]));
    }

    /** The pixel of a column and row; paper outside the scan. */
    float at(int x, int y) {
        return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : pixels[y * SIDE + x];
    }
}
